public enum EnrolEvent: Sendable {
    case typed(String)
    case send

    /// Asks whether a supervisor has confirmed.
    case ask
}
