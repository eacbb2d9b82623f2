public enum PhotoEvent: Sendable {
    case shutter
    case torch
    case retake

    /// Opens the camera anew.
    case again

    /// A picture of another app, in the place of one from the camera; none where it cannot be read.
    case picked([UInt8]?)
}
