/// Looks at the grids. The core draws for an area three times as wide as the screen; a new one is asked for near its edge.
public final class MapModel: Model<MapState, MapEvent> {
    private let parts: Parts
    private let kept: Kept
    private var beginning: Task<Void, Never>?
    private var drawing: Task<Void, Never>?
    private var picking: Task<Void, Never>?

    /// Pixels of the map; none before it was laid out.
    private var size: (width: Int, height: Int)?

    private static let wider = 3
    private static let pickedMost = 20

    init(_ parts: Parts, _ kept: Kept) {
        self.parts = parts
        self.kept = kept
        super.init(MapState(type: kept[Name.type].flatMap { Int($0) }))
        follow(parts.location.standing()) { [weak self] place in self?.change { $0.place = place } }
        let before = parts.sync.now.value.ended
        follow(parts.sync.ends()) { [weak self] ended in if ended != before { self?.look() } }
    }

    override func show(_ trouble: Trouble, in state: inout MapState) { state.trouble = trouble }

    /// The grids may have come only now.
    override public func look() { if state.view == nil { begin() } else { draw() } }

    override public func on(_ event: MapEvent) {
        switch event {
        case .sized(let width, let height): sized(width, height)
        case .moved(let dx, let dy, let zoom, let x, let y): to { $0.moved(dx: dx, dy: dy, zoom: zoom, x: x, y: y) }
        case .zoomed(let by):
            to { $0.moved(dx: 0, dy: 0, zoom: by, x: Float($0.widthPx) / 2, y: Float($0.heightPx) / 2) }
        case .here:
            guard let here = state.place.reading, here.isPlace else { return }
            to { before in
                var view = before
                view.latE7 = Int((here.latitude * 1e7).rounded())
                view.lonE7 = Int((here.longitude * 1e7).rounded())
                return view
            }
        case .touched(let x, let y, let within): touched(x, y, within)
        case .unpicked:
            pick {
                $0.picked = []
                $0.pickedDrafts = []
                $0.open = nil
            }
        case .shows(let standing): change { $0.hidden.formSymmetricDifference([standing]) }
        case .showsDrafts: change { $0.draftsHidden.toggle() }
        case .only(let type):
            kept[Name.type] = type.map(String.init)
            change { $0.type = type }
            draw()
        }
    }

    private func sized(_ width: Int, _ height: Int) {
        size = (width, height)
        if state.view == nil { begin() } else { to { $0.sized(width, height) } }
    }

    /// Finds the first view, for the size that the map has by then.
    private func begin() {
        guard let (width, height) = size else { return }
        beginning?.cancel()
        beginning = work { [self] in
            try Task.checkCancellation()
            let types = try await parts.book.types()
            let first =
                if let last = MapView(kept: kept[Name.view]) { last.sized(width, height) } else {
                    try await parts.book.mapOfGrids(widthPx: width, heightPx: height)
                }
            try Task.checkCancellation()
            change {
                $0.view = first
                $0.bar = first?.bar
                $0.types = types
                $0.empty = first == nil
            }
            draw()
        }
    }

    private func to(_ how: (MapView) -> MapView) {
        guard let before = state.view else { return }
        let view = how(before)
        kept[Name.view] = view.kept
        // A drag leaves the scale as it is.
        let same = view.metresPerPx == before.metresPerPx && view.widthPx == before.widthPx
        change {
            $0.view = view
            if !same { $0.bar = view.bar }
        }
        if state.drawn?.covers(view) != true { draw() }
    }

    private func draw() {
        guard let view = state.view else { return }
        let type = state.type
        drawing?.cancel()
        drawing = work { [self] in
            // Many a finger moves the map on before the core is asked.
            try Task.checkCancellation()
            let wide = view.sized(view.widthPx * Self.wider, view.heightPx * Self.wider)
            let drawn = try await parts.book.drawMap(wide, type: type)
            let counts = Dictionary(try await parts.book.counts().map { ($0.type, $0.count) }, uniquingKeysWith: +)
            try Task.checkCancellation()
            change {
                $0.drawn = drawn
                $0.counts = counts
                $0.trouble = nil
            }
        }
    }

    private func touched(_ x: Float, _ y: Float, _ within: Float) {
        guard let view = state.view, let drawn = state.drawn else { return }
        let shift = drawn.shift(view)
        let (x, y) = shift.back(x: x, y: y)
        let within = within / shift.scale
        let found = drawn.about(x: x, y: y, within: within)
            .filter { !state.hidden.contains(drawn.standing($0)) }
            .map { drawn.record($0) }
        let drafts = state.draftsHidden ? [] : drawn.draftsAbout(x: x, y: y, within: within)
        switch found.count + drafts.count {
        case 0:
            pick {
                $0.picked = []
                $0.pickedDrafts = []
            }
        case 1:
            let place = drafts.first?.place ?? .record(found[0])
            pick { $0.open = place }
        default:
            picking?.cancel()
            picking = work { [self] in
                var rows: [Row] = []
                for record in found.prefix(Self.pickedMost) {
                    try Task.checkCancellation()
                    rows.append(try await parts.book.page(record).row)
                }
                try Task.checkCancellation()
                change { [rows] in
                    $0.picked = rows
                    $0.pickedDrafts = drafts
                }
            }
        }
    }

    /// What was touched before is not waited for any more.
    private func pick(_ how: (inout MapState) -> Void) {
        picking?.cancel()
        change(how)
    }

    private enum Name {
        static let view = "view"
        static let type = "type"
    }
}

extension MapView {
    fileprivate var bar: ScaleBar { scaleBar(maxPx: Float(widthPx) / 3) }

    fileprivate func sized(_ width: Int, _ height: Int) -> MapView {
        var view = self
        view.widthPx = width
        view.heightPx = height
        return view
    }

    /// As it outlives the process: its middle and its scale.
    fileprivate var kept: String { "\(latE7) \(lonE7) \(metresPerPx)" }

    /// What was kept; none where nothing can be read.
    fileprivate init?(kept text: String?) {
        let words = (text ?? "").split(separator: " ")
        guard words.count == 3, let lat = Int(words[0]), let lon = Int(words[1]), let scale = Double(words[2]) else {
            return nil
        }
        self.init(latE7: lat, lonE7: lon, metresPerPx: scale, widthPx: 1, heightPx: 1)
    }
}
