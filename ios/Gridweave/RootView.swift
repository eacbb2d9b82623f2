import Fieldbook
import SwiftUI

/// Shows the screen that the root says is up. A swipe from the edge goes one screen back, as the title's arrow does.
struct RootView: View {
    let root: Root
    /// What was chosen in the settings holds from now on.
    let hold: () -> Void
    @State private var typing = Typing()
    @Environment(\.say) private var say

    var body: some View {
        ZStack {
            WedgeKeys(wedge: root.wedge)
            screen
        }
        .environment(typing)
        .frame(maxWidth: .infinity, maxHeight: .infinity)
        .contentShape(Rectangle())
        .simultaneousGesture(edgeSwipe)
        .accessibilityAction(.escape) { root.back() }
    }

    /// A finger that comes in from the left edge goes back; what lies there is pressed as anywhere else.
    private var edgeSwipe: some Gesture {
        DragGesture(minimumDistance: 20, coordinateSpace: .global).onEnded { finger in
            let (wide, high) = (finger.translation.width, finger.translation.height)
            if finger.startLocation.x < 12, wide > 80, wide > abs(high) { root.back() }
        }
    }

    // Each screen is made anew for its model: what one holds itself is not of the next.
    @ViewBuilder
    private var screen: some View {
        switch root.screen {
        case .opening: Text(say("opening"))
        case .notNow(let why): NotNowScreen(why: why, again: { root.again() })
        case .lost(let model, let mayGoBack): LostScreen(model: model, back: mayGoBack ? back : nil).of(model)
        case .enrol(let model): EnrolScreen(model: model) { root.scan(true) }.of(model)
        case .pin(let model, let forgettable):
            PinScreen(
                model: model,
                back: model.state.task == .change ? back : nil,
                forgotten: forgettable ? forgot : nil
            ).of(model)
        case .today(let model): TodayScreen(model: model, go: go).of(model)
        case .find(let model): FindScreen(model: model, go: go).of(model)
        case .new(let model): NewScreen(model: model, go: go).of(model)
        case .sync(let model): SyncScreen(model: model, go: go).of(model)
        case .settings(let model):
            SettingsScreen(model: model, go: go).of(model).onChange(of: model.state.chosen) { hold() }
        case .map(let model): MapScreen(model: model, go: go, back: back).of(model)
        case .record(let model): RecordScreen(model: model, go: go, back: back).of(model)
        case .conflicts(let model): ConflictsScreen(model: model, go: go, back: back).of(model)
        case .form(let model): FormScreen(model: model, back: back).of(model)
        case .scan(let model): ScanScreen(model: model, back: back).of(model)
        case .photo(let model): PhotoScreen(model: model, use: { root.use(model) }, back: back).of(model)
        }
    }

    private var go: (Place) -> Void { { root.stack.go($0) } }

    private var back: () -> Void { { root.back() } }

    private var forgot: () -> Void { { root.forgot(true) } }
}

extension View {
    fileprivate func of(_ model: AnyObject) -> some View { id(ObjectIdentifier(model)) }
}

/// Takes the keys of a scanner that types, while no field has them.
private struct WedgeKeys: View {
    let wedge: KeyWedge
    @FocusState private var taking: Bool
    @Environment(Typing.self) private var typing: Typing?

    var body: some View {
        Color.clear
            .frame(width: 1, height: 1)
            .focusable()
            .focusEffectDisabled()
            .focused($taking)
            .onKeyPress(phases: .down) { key in
                // Shortcuts are the system's.
                guard key.modifiers.isDisjoint(with: [.command, .control, .option]) else { return .ignored }
                return wedge.takes(key.characters) ? .handled : .ignored
            }
            .onAppear { taking = true }
            .onChange(of: typing?.now) { taking = typing?.now != true }
            .accessibilityHidden(true)
    }
}
