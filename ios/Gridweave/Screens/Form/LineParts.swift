import Fieldbook
import SwiftUI

/// A line or an area in the form: what there is of it, and the way to its page.
struct LineMeans: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if let sketch = question.sketch {
            Text(sketch.words.here(say)).accessibilityIdentifier("answer \(question.item)")
            Drawing(sketch: sketch)
        }
        MainButton(question.sketch == nil ? say("line_begin") : say("line_go_on")) { on(.ownPage(key)) }
    }
}

/// The page of a line or an area: one walks from point to point and adds each place.
struct LinePage: View {
    let question: Question
    let key: FieldKey
    let state: FormState
    let trouble: Trouble?
    let on: (FormEvent) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        let sketch = question.sketch
        ScreenPage(question.label.here(say), back: back) {
            if let trouble { Notice(trouble.words(say), bad: true) }
            PlaceLine(standing: state.standing, developerOptions: state.developerOptions) { on(.locationAsked) }
            Text(sketch?.words.here(say) ?? say("line_none"))
                .font(typography.titleMedium)
                .accessibilityIdentifier("answer \(question.item)")
            if let sketch { Drawing(sketch: sketch) }
            ForEach(state.problemsOf(question), id: \.self) { Small($0.message.here(say), colors.error) }
            if let meter = state.meter { Small(say("meter_now", meter.used, metres(meter.fix.accuracyDm))) }
            MainButton(say("line_add"), enabled: state.meter != nil) { on(.pointAdded(key)) }
            SideButton(say("line_remove"), enabled: sketch != nil) { on(.pointRemoved(key)) }
            SideButton(say("line_clear"), enabled: sketch != nil) { on(.answered(key, .nothing)) }
        } bottom: {
            MainButton(say("form_done"), onClick: back)
        }
    }

    private func back() { on(.ownPage(nil)) }
}

/// The shape, north up, as large as fits; the first point is a ring, the last one full. Its words are read aloud instead.
private struct Drawing: View {
    let sketch: Sketch
    @Environment(\.colors) private var colors

    private static let margin: CGFloat = 14

    var body: some View {
        Canvas { canvas, size in draw(canvas, places(in: size)) }
            .frame(maxWidth: .infinity)
            .frame(height: 140)
            .border(colors.outline)
            .accessibilityHidden(true)
    }

    private func draw(_ canvas: GraphicsContext, _ places: [CGPoint]) {
        guard let first = places.first, let last = places.last else { return }
        let line = GraphicsContext.Shading.color(colors.primary)
        var path = Path()
        path.addLines(places)
        if sketch.closed {
            path.closeSubpath()
            canvas.fill(path, with: .color(colors.primaryContainer))
        }
        canvas.stroke(path, with: line, lineWidth: 3)
        for place in places.dropFirst() { canvas.fill(circle(place, 4), with: line) }
        canvas.stroke(circle(first, 7), with: line, lineWidth: 3)
        canvas.fill(circle(last, 6), with: .color(colors.onSurface))
    }

    private func places(in size: CGSize) -> [CGPoint] {
        let (east, north) = (sketch.points.map(\.eastM), sketch.points.map(\.northM))
        guard let west = east.min(), let south = north.min() else { return [] }
        let (wide, high) = ((east.max() ?? west) - west, (north.max() ?? south) - south)
        // A single place lies in the middle.
        let scale = min(
            Double(size.width - 2 * Self.margin) / max(wide, 1),
            Double(size.height - 2 * Self.margin) / max(high, 1)
        )
        return sketch.points.map { point in
            CGPoint(
                x: Double(size.width) / 2 + (point.eastM - west - wide / 2) * scale,
                y: Double(size.height) / 2 - (point.northM - south - high / 2) * scale
            )
        }
    }

    private func circle(_ at: CGPoint, _ reach: CGFloat) -> Path {
        Path(ellipseIn: CGRect(x: at.x - reach, y: at.y - reach, width: reach * 2, height: reach * 2))
    }
}
