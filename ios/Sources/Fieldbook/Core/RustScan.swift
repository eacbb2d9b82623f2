import Foundation
internal import GridweaveFFI

/// Reads the first code off a frame of a camera. None where there is none, or no frame. Blocking.
public func scan(_ frame: Frame) -> String? {
    let found = try? scanFrame(
        luma: Data(frame.luma),
        width: UInt32(clamping: frame.width),
        height: UInt32(clamping: frame.height),
        rowStride: UInt32(clamping: frame.rowStride)
    )
    return found?.text
}
