import Fieldbook
import SwiftUI

/// The field book does not open now. Nothing that would set it aside is offered.
struct NotNowScreen: View {
    let why: Trouble
    let again: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        ScreenPage(say("not_now_title")) {
            Notice(why.words(say), bad: true)
        } bottom: {
            MainButton(say("again"), onClick: again)
        }
    }
}
