/// The longer edge of a kept picture, pixels: enough to read a door plate across a room.
public let longEdgePx = 2048

/// What of a picture is kept. It is turned upright, its longer edge is at most ``longEdgePx``, and it is a JPEG of
/// quality 85 without any metadata: where and when stands in the record's change, signed and in the organisation's
/// hands alone. A JPEG that fulfils all of it already is kept byte for byte. What the camera or another app gave is not
/// kept beside it.
public protocol Pictures: Sendable {
    /// The picture as it is kept, with the lines of `mark` drawn on it; none for bytes that are no picture.
    func prepare(_ bytes: [UInt8], mark: [String]) async -> [UInt8]?

    /// What a finger wrote, as a picture: a JPEG of dark ink on white paper, twice as wide as high. Each stroke is x and y
    /// in turns, as parts of the paper's width and height.
    func signature(_ strokes: [[Float]]) async -> [UInt8]
}

/// Whether this is a whole JPEG file with nothing in it but the picture: no block of an app, no comment, nothing after
/// its end.
public func isBare(_ bytes: [UInt8]) -> Bool {
    let end = bytes.count - 2
    guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == Marker.soi, bytes[end] == 0xFF, bytes[end + 1] == Marker.eoi
    else { return false }
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
        switch bytes[place + 1] {
        // The picture itself: it must be the only one.
        case Marker.sos:
            return !(place + 2..<end).contains { at in
                bytes[at] == 0xFF && (bytes[at + 1] == Marker.soi || bytes[at + 1] == Marker.eoi)
            }
        case Marker.soi, Marker.eoi: return false
        default: if isBeside(bytes, place) { return false }
        }
        place = blockAfter(bytes, place)
    }
    return false
}

/// A JPEG file without the blocks of apps and the comments before its picture; none for bytes that are none.
public func bared(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == Marker.soi else { return nil }
    var kept = Array(bytes[..<2])
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
        if bytes[place + 1] == Marker.sos { return kept + bytes[place...] }
        let next = blockAfter(bytes, place)
        guard next <= bytes.count else { return nil }
        if !isBeside(bytes, place) { kept += bytes[place..<next] }
        place = next
    }
    return nil
}

/// Whether the block at `place` is not of the picture: an app's or a comment.
private func isBeside(_ bytes: [UInt8], _ place: Int) -> Bool {
    switch bytes[place + 1] {
    // Which colours are meant is part of the picture.
    case Marker.app2: !bytes[(place + 4)...].starts(with: Array("ICC_PROFILE".utf8))
    case Marker.app1...Marker.app15, Marker.com: true
    default: false
    }
}

/// Where the block after the one at `place` begins.
private func blockAfter(_ bytes: [UInt8], _ place: Int) -> Int {
    place + 2 + Int(bytes[place + 2]) << 8 + Int(bytes[place + 3])
}

private enum Marker {
    static let soi: UInt8 = 0xD8
    static let eoi: UInt8 = 0xD9
    static let sos: UInt8 = 0xDA
    static let app1: UInt8 = 0xE1
    static let app2: UInt8 = 0xE2
    static let app15: UInt8 = 0xEF
    static let com: UInt8 = 0xFE
}
