public enum TodayEvent: Sendable {
    /// Asks first.
    case discard(Int64)
    case keepDraft

    /// Fills in anew what the server did not accept.
    case takeUp(Logged)

    /// The form that was taken up is open.
    case takenUp
    case discardReally(Int64)
}
