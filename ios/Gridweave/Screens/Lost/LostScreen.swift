import Fieldbook
import SwiftUI

/// The field book does not open. Nothing is deleted; what can be done is one touch each.
struct LostScreen: View {
    let model: LostModel
    /// Where the PIN was only said to be forgotten.
    let back: (() -> Void)?
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("lost_title"), back: back) {
            if state.sure { Notice(say("lost_sure"), bad: true) }
            Notice(say(reasons[state.code] ?? "lost_broken"), bad: true)
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            Text(say("lost_nothing"))
            if let packing = state.packing { Far(Double(packing)) }
            if reasons[state.code] == nil { SideButton(say("again")) { model.on(.again) } }
        } bottom: {
            means(state)
        }
    }

    @ViewBuilder
    private func means(_ state: LostState) -> some View {
        if state.sure {
            SideButton(say("lost_anew_really"), enabled: state.packing == nil) { model.on(.anewReally) }
            MainButton(say("lost_not_yet")) { model.on(.notYet) }
        } else {
            SideButton(say("lost_anew"), enabled: state.packing == nil) { model.on(.anew) }
            MainButton(say("lost_hand_over"), enabled: state.packing == nil) { model.on(.handOver) }
        }
    }
}

/// Causes that trying again does not mend.
private let reasons = [
    "pin_forgotten": "lost_pin_forgotten",
    "wrong_pins": "lost_wrong_pins",
    "device_key_lost": "lost_device_key",
    "keys_damaged": "lost_keys_damaged",
    "wrong_key": "lost_broken",
    "damaged": "lost_broken",
]
