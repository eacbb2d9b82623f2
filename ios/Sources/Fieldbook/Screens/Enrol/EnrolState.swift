public struct EnrolState: Sendable {
    public var code = ""
    public var busy = false
    public var pending: Pending?
    public var enrolled = false
    public var trouble: Trouble?

    /// A supervisor compares the digits of the fingerprint with those on the console.
    public struct Pending: Sendable, Hashable {
        public let organisation: String
        public let fingerprint: String
    }
}
