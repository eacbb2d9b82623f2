import Fieldbook
import SwiftUI

/// What is to be collected.
struct NewScreen: View {
    let model: NewModel
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("new_title"), tab: .new, go: go) {
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            ForEach(state.types, id: \.no) { type in
                Card {
                    go(.newForm(type: type.no, record: nil))
                } content: {
                    Text(type.label.here(say))
                }
            }
        }
    }
}
