import Fieldbook
import SwiftUI

/// A screen of a form, as the core says it is now.
struct FormScreen: View {
    let model: FormModel
    let back: () -> Void
    /// How often something stood in the way: that is said at the top, where the page begins anew.
    @State private var troubles = 0
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        let own = state.look?.questions.first { $0.key != nil && $0.key == state.ownPage }
        ZStack {
            if let own, let key = own.key {
                OwnPage(question: own, key: key, state: state, on: on)
            } else {
                page(state)
            }
        }
        .onChange(of: state.trouble) {
            if model.state.trouble != nil { troubles += 1 }
        }
    }

    private func page(_ state: FormState) -> some View {
        let look = state.look
        // There is nothing to fill in any more.
        let gone = state.late || state.trouble?.code == "no_draft"
        let top = "\(look?.name.item ?? "") \(look?.name.instance ?? 0) \(troubles)"
        return ScreenPage(look?.heading.here(say) ?? "", back: back, top: top, seen: model.seen) {
            if let trouble = state.trouble {
                Notice(words(trouble, look), bad: true) {
                    if let way = way(trouble, state) { MainButton(say(way)) { on(.leave) } }
                }
            }
            if state.left { Notice(say("draft_left")) }
            if !state.grids.isEmpty {
                Notice(say("form_grid"))
                ForEach(state.grids, id: \.code) { grid in
                    ChoiceRow(grid.name, chosen: false) { on(.save(grid: grid.code)) }
                }
            }
            if !gone {
                PlaceLine(standing: state.standing, developerOptions: state.developerOptions) { on(.locationAsked) }
            }
            // What is being saved stays as it is.
            if let entries = look?.entries { EntryButtons(entries: entries, on: on).disabled(state.saving) }
            ForEach((look?.questions ?? []).filter { $0.kind != .silent }, id: \.place) { question in
                Asked(question: question, state: state, on: on, photo: { await model.photo($0) })
                    .disabled(state.saving)
            }
        } above: {
            if let look { Above(look: look, state: state) }
        } bottom: {
            if let previous = look?.previous {
                SideButton(say("form_previous"), enabled: !state.saving) { on(.turn(previous)) }
            }
            if let next = look?.next {
                MainButton(say("form_next")) { on(.turn(next)) }
            } else if !gone {
                let words = state.saving ? say("form_saving") : say("form_save")
                MainButton(words, enabled: look != nil && !state.saving) { on(.save(grid: nil)) }
            }
        }
    }

    /// What a hand did. The question that another screen or a page of its own is opened for is found again afterwards.
    private func on(_ event: FormEvent) {
        switch event {
        case .scan(let key), .photograph(let key), .ownPage(let key?):
            model.seen = model.state.look?.questions.first { $0.key == key }?.place
        default: break
        }
        model.on(event)
    }

    /// What leads on from a trouble, where nothing can be mended here.
    private func way(_ trouble: Trouble, _ state: FormState) -> String? {
        switch trouble.code {
        case "deleted": "form_see_record"
        case "no_draft": "tab_find"
        default: state.late ? "form_see_saved" : nil
        }
    }

    private func words(_ trouble: Trouble, _ look: Look?) -> String {
        let wrong = look?.problems.filter(\.error).count ?? 0
        return trouble.code == "problems" && wrong > 0 ? say("form_problems", wrong) : trouble.words(say)
    }
}

extension Question {
    /// Names it among those of its screen.
    fileprivate var place: String { "\(item) \(key?.instance.map { "\($0)" } ?? "")" }
}

/// How far the form is, whether all of it is kept, and what this screen is about.
private struct Above: View {
    let look: Look
    let state: FormState
    @Environment(\.colors) private var colors
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Far(Double(look.number) / Double(max(look.of, 1))).accessibilityHidden(true)
            Small([say("form_screen", look.number, look.of), kept].compactMap { $0 }.joined(separator: " · "))
            if let because = state.unkeptBecause { Small(say("form_unkept", because.words(say)), colors.error) }
            Text(look.title.here(say))
                .font(typography.titleMedium)
                .accessibilityAddTraits(.isHeader)
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(EdgeInsets(top: 8, leading: 16, bottom: 0, trailing: 16))
    }

    private var kept: String? {
        let behind = state.draft == nil || state.unkept > 0 || state.unkeptBecause != nil
        return behind ? nil : say("form_kept")
    }
}

private struct EntryButtons: View {
    let entries: Entries
    let on: (FormEvent) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            ForEach(entries.problems, id: \.self) { Small($0.message.here(say), colors.error) }
            ForEach(entries.instances.indices, id: \.self) { at in
                SideButton(say("form_entry_remove", at + 1)) {
                    on(.entryRemoved(entries.field, entries.instances[at]))
                }
            }
            MainButton(say("form_entry_add")) { on(.entryAdded(entries.field)) }
        }
    }
}

/// A question that fills the screen.
private struct OwnPage: View {
    let question: Question
    let key: FieldKey
    let state: FormState
    let on: (FormEvent) -> Void
    /// What went wrong since it was opened.
    @State private var trouble: Trouble?

    var body: some View {
        ZStack {
            switch question.kind {
            case .line, .area: LinePage(question: question, key: key, state: state, trouble: trouble, on: on)
            case .signature: SignaturePage(question: question, key: key, trouble: trouble, on: on)
            default: ChoicesPage(question: question, key: key, on: on)
            }
        }
        .onChange(of: state.trouble) { trouble = state.trouble }
    }
}

/// A long list of choices has the whole screen, and is narrowed by typing.
private struct ChoicesPage: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @State private var filter = ""
    @Environment(\.say) private var say

    var body: some View {
        let several = question.kind == .many
        let chosen = self.chosen
        ScreenPage(question.label.here(say), back: back) {
            ForEach(shown, id: \.code) { choice in
                ChoiceRow(choice.label.here(say), chosen: chosen.contains(choice.code), toggles: several) {
                    if several {
                        on(.toggled(key, choice.code))
                    } else {
                        on(.answered(key, .one(choice.code)))
                        back()
                    }
                }
            }
        } above: {
            TextLine(say("form_filter"), text: filter) { filter = $0 }
                .padding(EdgeInsets(top: 12, leading: 16, bottom: 8, trailing: 16))
        } bottom: {
            SideButton(say("form_none")) {
                on(.answered(key, .nothing))
                back()
            }
            if several {
                MainButton(say("form_done"), onClick: back)
            }
        }
    }

    private func back() { on(.ownPage(nil)) }

    private var shown: [Choice] {
        let wanted = filter.trimmingCharacters(in: .whitespaces)
        guard !wanted.isEmpty else { return question.choices }
        return question.choices.filter { choice in
            [choice.label.zh, choice.label.en, choice.code.code].contains { $0.contains(wanted) }
        }
    }

    private var chosen: Set<Code> {
        switch question.value {
        case .one(let code): [code]
        case .many(let codes): Set(codes)
        default: []
        }
    }
}
