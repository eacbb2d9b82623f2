import Fieldbook
import SwiftUI

/// The first thing a new device shows: who takes it in, and by which code.
struct EnrolScreen: View {
    let model: EnrolModel
    /// Opens the camera for the code.
    let scan: () -> Void
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("enrol_title")) {
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            if let pending = state.pending {
                Notice(say("enrol_pending"))
                Card {
                    Small(say("enrol_organisation"))
                    Text(pending.organisation).font(typography.titleMedium)
                }
                Card {
                    Small(say("enrol_fingerprint"))
                    Text(pending.fingerprint).font(typography.displaySmall)
                }
            } else {
                Text(say("enrol_how"))
                MainButton(say("scan_title"), onClick: scan)
                TextLine(say("enrol_code"), text: state.code, lines: 3...8, keyboard: .asciiCapable) {
                    model.on(.typed($0))
                }
                .accessibilityIdentifier("code")
            }
        } bottom: {
            goOn(state)
        }
    }

    private func goOn(_ state: EnrolState) -> some View {
        let pending = state.pending != nil
        let words = pending ? say("enrol_ask") : say("enrol_send")
        let blank = state.code.allSatisfy(\.isWhitespace)
        return MainButton(state.busy ? say("enrol_busy") : words, enabled: !state.busy && (pending || !blank)) {
            model.on(pending ? .ask : .send)
        }
    }
}
