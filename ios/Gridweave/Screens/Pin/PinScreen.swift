import Fieldbook
import SwiftUI

/// The PIN, typed on keys of its own: no keyboard learns it, and gloves hit them.
struct PinScreen: View {
    let model: PinModel
    let back: (() -> Void)?
    /// For whoever forgot it; none where that is not offered.
    let forgotten: (() -> Void)?
    /// The face or finger was asked for by itself. Once for a screen: who would not is not asked again unasked.
    @State private var asked = false
    @Environment(\.scenePhase) private var phase
    @Environment(\.verticalSizeClass) private var height
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say(state.title), back: back) {
            if state.waitS > 0 {
                Notice(say("pin_wait", Int(state.waitS / 60), Int(state.waitS % 60)), bad: true)
            } else if let trouble = state.trouble {
                Notice(trouble.words(say), bad: true)
            } else if state.differed {
                Notice(say("pin_differed"), bad: true)
            }
            if let left = state.triesLeft { Notice(say("pin_left", left), bad: true) }
            if let quick = state.quick, state.waitS == 0 {
                SideButton(say(quick.words), enabled: !state.busy) { model.on(.quick) }
            }
            Small(state.task == .enter ? say("pin_enter_how") : say("pin_set_how"))
            if let forgotten, state.waitS == 0 { SideButton(say("pin_forgotten"), onClick: forgotten) }
        } above: {
            typed(state)
        } bottom: {
            keys(state)
        }
        .onChange(of: mayAsk(state), initial: true) { _, may in
            guard may, !asked else { return }
            asked = true
            model.on(.quick)
        }
    }

    /// The system asks nobody while the app is not in front.
    private func mayAsk(_ state: PinState) -> Bool {
        phase == .active && state.quick != nil && !state.busy && state.waitS == 0
    }

    private func typed(_ state: PinState) -> some View {
        Text(state.typed == 0 ? "—" : String(repeating: "● ", count: state.typed))
            .font(typography.titleLarge)
            .multilineTextAlignment(.center)
            .frame(maxWidth: .infinity)
            .padding(EdgeInsets(top: 12, leading: 16, bottom: 0, trailing: 16))
            .accessibilityLabel(say("pin_typed", state.typed))
            .accessibilityIdentifier("typed")
    }

    /// While nothing is looked at there is nothing to type, and room for what is to be read.
    @ViewBuilder
    private func keys(_ state: PinState) -> some View {
        if state.waitS == 0 {
            Keys(state: state, least: height == .compact ? touch : 64) { model.on($0) }
        } else if let forgotten {
            SideButton(say("pin_forgotten"), onClick: forgotten)
        }
    }
}

private struct Keys: View {
    let state: PinState
    let least: CGFloat
    let on: (PinEvent) -> Void
    @Environment(\.say) private var say

    private static let rows = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]

    var body: some View {
        VStack(spacing: 8) {
            ForEach(Self.rows, id: \.self) { row in
                HStack(spacing: 8) {
                    ForEach(row, id: \.self) { digit in
                        SideButton("\(digit)", least: least) { on(.digit(digit)) }
                    }
                }
            }
            HStack(spacing: 8) {
                SideButton(say("pin_erase"), least: least) { on(.erase) }
                SideButton("0", least: least) { on(.digit(0)) }
                MainButton(
                    state.busy ? say("pin_busy") : say("pin_ok"),
                    enabled: state.mayGoOn,
                    least: least
                ) { on(.goOn) }
            }
        }
        // Three beside each other: larger than this they are cut in pieces.
        .environment(\.typography, smaller)
    }

    @Environment(\.typography) private var typography

    private var smaller: Typography { Typography(scale: min(typography.scale, 1.6), bold: typography.bold) }
}

extension PinState {
    /// The name of its words.
    fileprivate var title: String {
        switch step {
        case .current: task == .enter ? "pin_enter" : "pin_current"
        case .new: "pin_new"
        case .again: "pin_again"
        }
    }
}

extension QuickKind {
    /// The name of its words.
    fileprivate var words: String {
        switch self {
        case .face: "pin_quick_face"
        case .touch: "pin_quick_touch"
        }
    }
}
