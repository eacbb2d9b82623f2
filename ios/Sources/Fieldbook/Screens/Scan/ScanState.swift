public struct ScanState: Sendable {
    public var camera = CameraNow.starting
    /// The light is on.
    public var torch = false
    /// How often the camera was opened.
    public var attempt = 0
    /// What was read; the screen has done its work then.
    public var found: String?
}
