import Fieldbook
import SwiftUI

/// The grids with their records: dragged, made larger, touched.
struct MapScreen: View {
    let model: MapModel
    let go: (Place) -> Void
    let back: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        FullPage(say("map_title"), back: back) {
            VStack(spacing: 0) {
                if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
                if state.empty { Notice(say("map_empty")) }
                Types(state: state) { model.on($0) }
                Ground(state: state) { model.on($0) }
                if state.isPicked {
                    Picked(state: state, go: go)
                } else {
                    Legend(state: state) { model.on($0) }
                }
            }
        } bottom: {
            SideButton("+", wide: false) { model.on(.zoomed(by: 1.5)) }.accessibilityLabel(say("map_closer"))
            SideButton("−", wide: false) { model.on(.zoomed(by: 1 / 1.5)) }.accessibilityLabel(say("map_farther"))
            SideButton(say("map_here")) { model.on(.here) }
        }
    }
}

/// The map itself. Its pixels are points of this screen: the core's measures of what a finger hits and an eye tells apart
/// are meant so.
private struct Ground: View {
    let state: MapState
    let on: (MapEvent) -> Void
    /// Sorted once for each list, so that a pan draws arrays.
    @State private var ready: Ready?
    @GestureState private var drag: CGSize? = nil
    @GestureState private var pinch: Pinch? = nil
    @Environment(\.colors) private var colors
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    /// How far from a sign a finger may come down, points.
    private static let within: Float = 24

    var body: some View {
        GeometryReader { room in
            Canvas { canvas, _ in
                guard let view = state.view, let ready else { return }
                MapPaints(colors: colors, name: typography.bodyMedium).draw(ready, view, state.place, on: canvas)
            }
            .contentShape(Rectangle())
            .onTapGesture(coordinateSpace: .local) { at in
                on(.touched(x: Float(at.x), y: Float(at.y), within: Self.within))
            }
            .gesture(fingers)
            .onChange(of: room.size, initial: true) { sized(room.size) }
            .accessibilityElement()
            .accessibilityLabel(say("map_said", state.drawn?.size ?? 0))
            .accessibilityAddTraits(.isImage)
            .accessibilityIdentifier("map")
        }
        .clipped()
        .overlay(alignment: .bottomLeading) {
            if let bar = state.bar { Bar(bar: bar) }
        }
        .onChange(of: state.shown, initial: true) { ready = state.shown.ready }
        .onChange(of: drag) { before, now in dragged(before, now) }
        .onChange(of: pinch) { before, now in pinched(before, now) }
    }

    private var fingers: some Gesture {
        DragGesture()
            .updating($drag) { finger, drag, _ in drag = finger.translation }
            .simultaneously(
                with: MagnifyGesture().updating($pinch) { fingers, pinch, _ in
                    pinch = Pinch(at: fingers.startLocation, by: fingers.magnification)
                }
            )
    }

    private func sized(_ size: CGSize) {
        guard size.width >= 1, size.height >= 1 else { return }
        on(.sized(width: Int(size.width), height: Int(size.height)))
    }

    /// While two fingers are down, how far one of them went is no way of the map.
    private func dragged(_ before: CGSize?, _ now: CGSize?) {
        guard let now, pinch == nil else { return }
        let last = before ?? .zero
        on(.moved(dx: Float(now.width - last.width), dy: Float(now.height - last.height), zoom: 1, x: 0, y: 0))
    }

    private func pinched(_ before: Pinch?, _ now: Pinch?) {
        guard let now, now.by > 0 else { return }
        let zoom = Float(now.by / (before?.by ?? 1))
        on(.moved(dx: 0, dy: 0, zoom: zoom, x: Float(now.at.x), y: Float(now.at.y)))
    }
}

/// Two fingers: about which place, and how many times as large as when they came down.
private struct Pinch: Equatable {
    let at: CGPoint
    let by: CGFloat
}

/// What of the core's list is to be seen.
private struct Shown: Equatable {
    let list: MapList?
    let hidden: Set<MapStanding>
    let draftsHidden: Bool

    var ready: Ready? { list.map { Ready($0, hidden: hidden, draftsHidden: draftsHidden) } }
}

extension MapState {
    fileprivate var shown: Shown { Shown(list: drawn, hidden: hidden, draftsHidden: draftsHidden) }
}

/// What lies at the point that was touched, where it is several.
private struct Picked: View {
    let state: MapState
    let go: (Place) -> Void
    @Environment(\.say) private var say

    /// More of it is scrolled, points: the ground wants the room.
    private static let most: CGFloat = 220

    var body: some View {
        ViewThatFits(in: .vertical) {
            cards
            ScrollView { cards }
        }
        .frame(maxHeight: Self.most)
    }

    private var cards: some View {
        VStack(spacing: 8) {
            ForEach(state.picked, id: \.record) { row in
                RowCard(row: row, types: state.types) { go(.record(row.record)) }
            }
            ForEach(state.pickedDrafts, id: \.id) { draft in
                Card {
                    go(draft.place)
                } content: {
                    let type = state.types[draft.type].label(say)
                    Text(draft.record == nil ? say("draft_new", type) : say("draft_edit", type))
                    Small(say("map_draft"))
                }
            }
        }
        .padding(12)
    }
}

/// What is drawn: all types or one, where there are records of several.
private struct Types: View {
    let state: MapState
    let on: (MapEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if state.counts.count > 1 || state.type != nil {
            Chips {
                Chip(say("list_all", Int(state.counts.values.reduce(0, +))), chosen: state.type == nil) {
                    on(.only(nil))
                }
                ForEach(state.counts.sorted { $0.key < $1.key }, id: \.key) { type, count in
                    let name = state.types[type]?.label.here(say) ?? "\(type)"
                    Chip(say("list_chip", name, Int(count)), chosen: state.type == type) { on(.only(type)) }
                }
            }
            .padding(EdgeInsets(top: 8, leading: 12, bottom: 8, trailing: 12))
        }
    }
}

/// What the signs mean; a touch hides them. In one row: on a small screen the ground wants the room.
private struct Legend: View {
    let state: MapState
    let on: (MapEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        Chips {
            ForEach(MapStanding.allCases, id: \.self) { standing in
                sign(standing.sign, say(standing.words), shown: !state.hidden.contains(standing)) {
                    on(.shows(standing))
                }
            }
            if state.drawn?.drafts.isEmpty == false {
                sign("○", say("map_draft"), shown: !state.draftsHidden) { on(.showsDrafts) }
            }
        }
        .padding(EdgeInsets(top: 8, leading: 12, bottom: 8, trailing: 12))
    }

    private func sign(_ sign: String, _ words: String, shown: Bool, onClick: @escaping () -> Void) -> some View {
        Chip("\(shown ? "☑" : "☐") \(sign) \(words)", chosen: shown, toggles: true, onClick: onClick)
            .accessibilityLabel(words)
    }
}

/// A length, as long as it is on the ground.
private struct Bar: View {
    let bar: ScaleBar
    @Environment(\.colors) private var colors
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(bar.metres < 1000 ? say("map_metres", bar.metres) : say("map_kilometres", bar.metres / 1000))
                .font(typography.bodyMedium)
            colors.onSurface.frame(width: CGFloat(bar.px), height: 4)
        }
        .padding(6)
        .background(colors.surface, in: Rectangle())
        .padding(8)
        .allowsHitTesting(false)
        .accessibilityElement(children: .combine)
    }
}

extension MapStanding {
    /// Signs that differ in shape, not in colour alone.
    fileprivate var sign: String {
        switch self {
        case .received: "●"
        case .waiting: "■"
        case .refused: "✕"
        case .conflict: "◆"
        }
    }

    /// The name of its words.
    fileprivate var words: String {
        switch self {
        case .received: "map_received"
        case .waiting: "map_waiting"
        case .refused: "map_refused"
        case .conflict: "map_conflict"
        }
    }
}
