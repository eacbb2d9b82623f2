public struct PhotoState: Sendable {
    public var camera = CameraNow.starting
    /// The light is on.
    public var torch = false
    /// How often the camera was opened.
    public var attempt = 0
    /// A picture is being taken or kept.
    public var busy = false
    /// The picture that was taken, kept in the field book by its hash; not yet used.
    public var taken: String?
    public var trouble: Trouble?
}
