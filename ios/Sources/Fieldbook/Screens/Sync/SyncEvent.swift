public enum SyncEvent: Sendable {
    case start
    case cancel

    /// Something outside the screen changed.
    case look
}
