public struct ConflictsState: Sendable {
    /// All records in conflict; none of them while one record is shown.
    public var rows: [Row]?
    /// The record whose conflicts are shown.
    public var page: Page?
    public var types: [Int: RecordType] = [:]
    /// The value that was touched, by its dot.
    public var chosen: [FieldKey: String] = [:]
    /// Masked fields that are shown whole: their values by dots.
    public var revealed: [FieldKey: [String: Words]] = [:]
    public var trouble: Trouble?
}
