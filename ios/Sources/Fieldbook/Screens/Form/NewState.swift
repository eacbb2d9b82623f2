public struct NewState: Sendable {
    public var types: [RecordType] = []
    public var trouble: Trouble?
}
