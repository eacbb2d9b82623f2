public struct SyncState: Sendable {
    public var now = SyncNow()
    public var safe: Safe?
    public var runs: [Run] = []
    /// What is on this device alone.
    public var waiting: [Waiting] = []
    public var types: [Int: RecordType] = [:]
    /// How sync is to be done.
    public var chosen = Chosen()
    /// What may be told outside the screens is told.
    public var noticesAllowed = true
    public var trouble: Trouble?
}
