import Fieldbook
import SwiftUI

/// Width by height of the paper.
private let paperAspect: CGFloat = 2

/// A signature in the form: what was signed, and the way to the paper.
struct SignatureMeans: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    let photo: (String) async -> [UInt8]?
    @Environment(\.say) private var say

    var body: some View {
        ForEach(question.photos, id: \.self) { hash in
            Photo(hash, load: photo, description: say("sign_signed"))
            SideButton(say("form_photo_remove"), wide: false) { on(.photoRemoved(key, hash)) }
        }
        MainButton(question.photos.isEmpty ? say("sign_open") : say("sign_again")) { on(.ownPage(key)) }
    }
}

/// The paper: white in every look, as it is kept.
struct SignaturePage: View {
    let question: Question
    let key: FieldKey
    let trouble: Trouble?
    let on: (FormEvent) -> Void
    @State private var strokes: [[Float]] = []
    @Environment(\.say) private var say

    var body: some View {
        FullPage(question.label.here(say), back: back) {
            VStack(alignment: .leading, spacing: 8) {
                if let trouble { Notice(trouble.words(say), bad: true) }
                Small(say("sign_here"))
                Paper(strokes: $strokes).accessibilityIdentifier("sign \(question.item)")
            }
            .padding(16)
        } bottom: {
            SideButton(say("sign_clear"), enabled: !strokes.isEmpty) { strokes = [] }
            MainButton(say("form_done"), enabled: !strokes.isEmpty) { on(.signed(key, strokes: strokes)) }
        }
    }

    private func back() { on(.ownPage(nil)) }
}

/// Takes the strokes of a finger, each x and y in turns as parts of its size.
private struct Paper: View {
    @Binding var strokes: [[Float]]
    /// Where the finger came down that writes now.
    @State private var began: CGPoint?
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    private static let ink = Color(red: 16 / 255, green: 24 / 255, blue: 64 / 255)

    var body: some View {
        GeometryReader { room in
            Canvas { canvas, size in
                let pen = StrokeStyle(lineWidth: 3, lineCap: .round, lineJoin: .round)
                for stroke in strokes { canvas.stroke(path(stroke, size), with: .color(Self.ink), style: pen) }
            }
            .contentShape(Rectangle())
            .gesture(finger(room.size))
        }
        .aspectRatio(paperAspect, contentMode: .fit)
        .background(Color.white, in: Rectangle())
        .border(colors.outline)
        .accessibilityElement()
        .accessibilityLabel(say("sign_here"))
        .accessibilityValue(strokes.isEmpty ? "" : say("sign_signed"))
        .accessibilityAddTraits(.allowsDirectInteraction)
    }

    private func finger(_ size: CGSize) -> some Gesture {
        DragGesture(minimumDistance: 0)
            .onChanged { finger in
                if began != finger.startLocation {
                    began = finger.startLocation
                    strokes.append(part(finger.startLocation, size))
                }
                // One that only touches is one place.
                guard finger.location != finger.startLocation, !strokes.isEmpty else { return }
                strokes[strokes.count - 1] += part(finger.location, size)
            }
            .onEnded { _ in began = nil }
    }

    /// A place on the paper as parts of its size.
    private func part(_ at: CGPoint, _ size: CGSize) -> [Float] {
        [at.x / max(size.width, 1), at.y / max(size.height, 1)].map { Float(min(max($0, 0), 1)) }
    }

    /// A stroke on paper of this size; one that only touches is a dot.
    private func path(_ stroke: [Float], _ size: CGSize) -> Path {
        let places = stride(from: 0, to: stroke.count - 1, by: 2).map { at in
            CGPoint(x: CGFloat(stroke[at]) * size.width, y: CGFloat(stroke[at + 1]) * size.height)
        }
        var path = Path()
        guard let first = places.first else { return path }
        path.move(to: first)
        // Never of no length: a cap is drawn on lines alone.
        path.addLine(to: CGPoint(x: first.x + 0.1, y: first.y))
        for place in places.dropFirst() { path.addLine(to: place) }
        return path
    }
}
