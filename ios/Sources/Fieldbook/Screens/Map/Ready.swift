import Foundation

/// What the core gave, sorted by standing once, so that a pan moves arrays and decides nothing. All places are pixels of
/// the screen.
public struct Ready: Sendable {
    private let list: MapList
    private let draftsHidden: Bool
    /// Places of the marks that are to be seen, x and y by turns.
    private let points: [MapStanding: [Float]]
    /// The middle of each grid's corners; none for one without corners.
    private let middles: [(x: Float, y: Float)?]

    public init(_ list: MapList, hidden: Set<MapStanding>, draftsHidden: Bool = false) {
        self.list = list
        self.draftsHidden = draftsHidden
        var points: [MapStanding: [Float]] = [:]
        for at in 0..<list.size {
            let standing = list.standing(at)
            if !hidden.contains(standing) {
                points[standing, default: []] += [list.places[2 * at], list.places[2 * at + 1]]
            }
        }
        self.points = points
        middles = list.outlines.map { Self.middle($0.corners) }
    }

    /// How it lies in a view.
    public func shift(_ view: MapView) -> Shift { list.shift(view) }

    /// The grids' outlines, each as its corners.
    public func outlines(_ shift: Shift) -> [[CGPoint]] { list.outlines.map { Self.moved($0.corners, shift) } }

    /// The grids' names, each at the middle of its corners.
    public func names(_ shift: Shift) -> [(name: String, at: CGPoint)] {
        zip(list.outlines, middles).compactMap { outline, middle in
            middle.map { (outline.name, Self.point(shift, $0.x, $0.y)) }
        }
    }

    /// Marks of the records that stand so.
    public func marks(_ standing: MapStanding, _ shift: Shift) -> [CGPoint] {
        points[standing].map { Self.moved($0, shift) } ?? []
    }

    /// In the place of marks where there are too many: how many lie about each place.
    public func cells(_ shift: Shift) -> [(count: Int, at: CGPoint)] {
        stride(from: 0, to: list.cells.count, by: 3).map { at in
            (Int(list.cells[at + 2]), Self.point(shift, list.cells[at], list.cells[at + 1]))
        }
    }

    /// Drafts that have a place.
    public func drafts(_ shift: Shift) -> [CGPoint] {
        draftsHidden ? [] : list.drafts.map { Self.point(shift, $0.x, $0.y) }
    }

    private static func moved(_ places: [Float], _ shift: Shift) -> [CGPoint] {
        stride(from: 0, to: places.count, by: 2).map { point(shift, places[$0], places[$0 + 1]) }
    }

    private static func point(_ shift: Shift, _ x: Float, _ y: Float) -> CGPoint {
        let there = shift.there(x: x, y: y)
        return CGPoint(x: Double(there.x), y: Double(there.y))
    }

    private static func middle(_ corners: [Float]) -> (x: Float, y: Float)? {
        guard !corners.isEmpty else { return nil }
        var sum: (x: Float, y: Float) = (0, 0)
        for at in stride(from: 0, to: corners.count, by: 2) {
            sum.x += corners[at]
            sum.y += corners[at + 1]
        }
        let count = Float(corners.count / 2)
        return (sum.x / count, sum.y / count)
    }
}

extension MapView {
    /// Where the device is and how far that may be wrong, pixels of the screen; none while it is not known.
    public func here(_ standing: Standing) -> (at: CGPoint, within: Double)? {
        standing.reading.map { reading in
            let (x, y) = place(latE7: reading.latitude * 1e7, lonE7: reading.longitude * 1e7)
            return (CGPoint(x: Double(x), y: Double(y)), Double(reading.accuracyM) / metresPerPx)
        }
    }
}
