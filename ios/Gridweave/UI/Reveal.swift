import Fieldbook
import SwiftUI

/// Shows what is masked once a reason is chosen; `item` names what it belongs to.
struct RevealMeans: View {
    private let item: String
    private let chosen: (RevealReason) -> Void
    @State private var asking = false
    @Environment(\.say) private var say

    init(_ item: String, chosen: @escaping (RevealReason) -> Void) {
        self.item = item
        self.chosen = chosen
    }

    var body: some View {
        if asking {
            Small(say("reveal_why"))
            ForEach(RevealReason.allCases, id: \.self) { reason in
                SideButton(say(reason.words)) {
                    asking = false
                    chosen(reason)
                }
            }
        } else {
            SideButton(say("reveal")) { asking = true }
                .accessibilityIdentifier("reveal \(item)")
        }
    }
}

extension RevealReason {
    /// The name of its words.
    var words: String {
        switch self {
        case .compare: "reveal_compare"
        case .contact: "reveal_contact"
        case .correct: "reveal_correct"
        case .asked: "reveal_asked"
        }
    }
}
