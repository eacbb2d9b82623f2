public struct TodayState: Sendable {
    public var me: Me?
    public var safe: Safe?
    public var drafts: [Draft] = []
    public var conflicts: [Row] = []
    public var types: [Int: RecordType] = [:]
    /// The draft that was asked to be thrown away.
    public var discarding: Int64?
    /// Free storage, mebibytes.
    public var freeMib: Int?
    /// The draft that was taken up, to be opened.
    public var takenUp: Draft?
    public var trouble: Trouble?
}
