public struct RecordState: Sendable {
    public var page: Page?
    public var types: [Int: RecordType] = [:]
    /// Masked fields that are shown whole: their values by dots.
    public var revealed: [FieldKey: [String: Words]] = [:]
    /// Whether it was said here that somebody visited it and that nothing changed.
    public var visited = false
    /// The edit that was put aside and may go on; none while nobody asks.
    public var draft: Draft?
    /// The form to be opened.
    public var open: Place?
    /// Why it may be gone; none while nobody asks.
    public var reasons: [Choice]?
    /// The photo that fills the screen.
    public var photo: String?
    /// How far this device is from the record's place now, metres.
    public var awayM: Int?
    public var trouble: Trouble?
}
