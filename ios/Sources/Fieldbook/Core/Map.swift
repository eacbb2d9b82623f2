import Foundation

/// What a map looks at: its middle (degrees × 10⁷), metres of a pixel, its size in pixels.
public struct MapView: Sendable, Hashable {
    public var latE7: Int
    public var lonE7: Int
    public var metresPerPx: Double
    public var widthPx: Int
    public var heightPx: Int

    /// Metres of 10⁻⁷ degrees of latitude, as in the core.
    private static let metres = 111_319.490_793 / 1e7

    /// Where a place lies, pixels from the left upper corner: the core's own projection, once more for each frame.
    public func place(latE7: Double, lonE7: Double) -> (x: Float, y: Float) {
        let metresEast = Self.metres * cos(Double(self.latE7) / 1e7 * .pi / 180)
        let x = Double(widthPx) / 2 + (lonE7 - Double(self.lonE7)) * metresEast / metresPerPx
        let y = Double(heightPx) / 2 + (Double(self.latE7) - latE7) * Self.metres / metresPerPx
        return (Float(x), Float(y))
    }
}

/// What a map draws for `view`, pixels from its left upper corner.
public struct MapList: Sendable, Hashable {
    public let view: MapView
    public let outlines: [MapOutline]
    /// Places of the marks, x and y by turns; the urgent ones come last.
    public let places: [Float]
    let standings: [UInt8]
    let records: [UInt8]
    /// In the place of marks where there are too many: x, y and count by turns.
    public let cells: [Float]
    /// Drafts that have a place.
    public let drafts: [MapDraft]

    public var size: Int { standings.count }

    public func standing(_ at: Int) -> MapStanding { MapStanding.allCases[Int(standings[at])] }

    /// The record of a mark.
    public func record(_ at: Int) -> String {
        let hex = records[at * 16..<at * 16 + 16].map { String(format: "%02x", $0) }
        let parts = [hex[0..<4], hex[4..<6], hex[6..<8], hex[8..<10], hex[10..<16]]
        return parts.map { $0.joined() }.joined(separator: "-")
    }

    /// The marks about a place, nearest first.
    public func about(x: Float, y: Float, within: Float) -> [Int] {
        nearest(0..<size, within) { (places[2 * $0] - x, places[2 * $0 + 1] - y) }
    }

    /// The drafts about a place, nearest first.
    public func draftsAbout(x: Float, y: Float, within: Float) -> [MapDraft] {
        nearest(drafts, within) { ($0.x - x, $0.y - y) }
    }

    private func nearest<T>(_ all: some Sequence<T>, _ within: Float, away: (T) -> (Float, Float)) -> [T] {
        let squares = all.map { one -> (one: T, square: Float) in
            let (x, y) = away(one)
            return (one, x * x + y * y)
        }
        return squares.filter { $0.square <= within * within }.sorted { $0.square < $1.square }.map(\.one)
    }
}

/// A draft at its place.
public struct MapDraft: Sendable, Hashable {
    public let id: Int64
    public let type: Int
    public let record: String?
    public let x: Float
    public let y: Float
}

/// A length to compare the map with: what it stands for, and how many pixels long it is drawn.
public struct ScaleBar: Sendable, Hashable {
    public let metres: Int
    public let px: Float
}

/// A grid's outline: x and y of its corners by turns.
public struct MapOutline: Sendable, Hashable {
    public let grid: String
    public let name: String
    public let corners: [Float]
}

/// How a record stands, the more urgent later.
public enum MapStanding: Int, Sendable, CaseIterable { case received, waiting, refused, conflict }
