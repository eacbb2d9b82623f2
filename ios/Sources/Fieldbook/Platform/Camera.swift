/// What the camera is wanted for.
public enum Shot: Sendable {
    /// Frames to look for codes in.
    case frames

    /// A picture when it is asked for.
    case picture
}

/// Why there is no picture. Each wants something else of the person.
public enum CameraTrouble: Sendable, CaseIterable {
    /// The person has not allowed it.
    case notAllowed

    /// The device has none.
    case none

    /// Another app has it.
    case inUse

    /// The system took it away in the middle: another app, heat, a dead camera service.
    case disconnected

    /// The organisation's management of devices forbids it.
    case forbidden

    /// It does not work.
    case broken
}

/// The bright part of a frame: `height` rows of `width` bytes, each row `rowStride` bytes after the one before.
public struct Frame: Sendable {
    public let luma: [UInt8]
    public let width: Int
    public let height: Int
    public let rowStride: Int

    public init(luma: [UInt8], width: Int, height: Int, rowStride: Int) {
        self.luma = luma
        self.width = width
        self.height = height
        self.rowStride = rowStride
    }
}

/// Hears what the camera does.
public protocol CameraHeard: AnyObject, Sendable {
    /// It shows what it sees; `torch`: it has a light.
    @MainActor func ready(torch: Bool)

    /// One frame, on a thread of the camera; the next ones are left out until this call returns.
    func frame(_ frame: Frame)

    /// The picture that was asked for, a JPEG file.
    @MainActor func picture(_ jpeg: [UInt8])

    /// It ended; nothing is told after this. Open it again to go on.
    @MainActor func failed(_ trouble: CameraTrouble)
}

/// A camera that is open until it is closed.
@MainActor
public protocol CameraSession: AnyObject {
    /// Width by height of the upright picture.
    var aspect: Float { get }

    func torch(_ on: Bool)

    /// Takes a picture; it comes to ``CameraHeard/picture(_:)``.
    func take()

    func close()
}

/// The camera at the back.
@MainActor
public protocol Camera: AnyObject {
    func open(_ shot: Shot, heard: any CameraHeard) -> any CameraSession
}

/// How the camera stands.
public enum CameraNow: Sendable, Hashable {
    case starting

    /// It shows what it sees; `torch`: it has a light.
    case ready(torch: Bool)
    case failed(CameraTrouble)
}
