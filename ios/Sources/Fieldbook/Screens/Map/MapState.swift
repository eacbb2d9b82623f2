public struct MapState: Sendable {
    /// What is looked at now; none before the size of the screen and a grid are known.
    public var view: MapView?
    /// What was drawn last, for a larger view than the screen.
    public var drawn: MapList?
    /// Records that are not to be seen.
    public var hidden: Set<MapStanding> = []
    public var draftsHidden = false
    /// The only type that is drawn; all where there is none.
    public var type: Int?
    /// Types of which there is a record, and how many.
    public var counts: [Int: Int64] = [:]
    public var bar: ScaleBar?
    public var place = Standing.searching
    /// The records at the point that was touched, where there are several.
    public var picked: [Row] = []
    public var pickedDrafts: [MapDraft] = []
    public var types: [Int: RecordType] = [:]
    /// The one thing that was touched.
    public var open: Place?
    /// No grid is known yet.
    public var empty = false
    public var trouble: Trouble?

    /// Several things lie at the point that was touched.
    public var isPicked: Bool { !picked.isEmpty || !pickedDrafts.isEmpty }
}
