import Fieldbook
import SwiftUI

/// Up to so many choices stand in the form itself.
private let few = 6

/// A question: what is asked, the means to answer, and below it what is wrong with the answer.
struct Asked: View {
    let question: Question
    let state: FormState
    let on: (FormEvent) -> Void
    let photo: (String) async -> [UInt8]?
    @Environment(\.colors) private var colors
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            switch question.kind {
            case .heading: Heading(question.label.here(say))
            case .note: Small("\(question.label.here(say)) \(typedOf(question.value))".trimmed)
            default: asked
            }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .accessibilityElement(children: .contain)
        .accessibilityIdentifier(question.item)
    }

    @ViewBuilder
    private var asked: some View {
        Text(question.label.here(say) + (question.required ? " · \(say("form_required"))" : ""))
            .font(typography.titleMedium)
            .accessibilityAddTraits(.isHeader)
        if let hint = question.hint { Small(hint.here(say)) }
        answer
        let problems = state.problemsOf(question)
        ForEach(problems.indices, id: \.self) { at in
            Small(problems[at].message.here(say), problems[at].error ? colors.error : colors.onSurface)
        }
    }

    @ViewBuilder
    private var answer: some View {
        let anew = question.key.map(state.anew.contains) ?? false
        if let key = question.key, let covered = question.covered, !anew {
            Covered(covered: covered, question: question, key: key, on: on)
        } else if let key = question.key, !question.readOnly {
            Means(question: question, key: key, state: state, on: on, photo: photo)
            if anew || question.anew {
                SideButton(say("form_as_it_was")) { on(.asItWas(key)) }
            }
        } else {
            let typed = typedOf(question.value)
            Text(typed.isEmpty ? "—" : typed)
        }
    }
}

/// A masked answer that the record brought along: seen for a reason, or answered anew unseen.
private struct Covered: View {
    let covered: Words
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        Text(covered.here(say))
        RevealMeans(question.item) { on(.reveal(key, $0)) }
        if !question.readOnly {
            SideButton(say("form_anew")) { on(.anew(key)) }
        }
    }
}

/// What one answers with.
private struct Means: View {
    let question: Question
    let key: FieldKey
    let state: FormState
    let on: (FormEvent) -> Void
    let photo: (String) async -> [UInt8]?
    @Environment(\.say) private var say

    var body: some View {
        switch question.kind {
        case .text, .phone, .code, .integer, .decimal, .time:
            typed
            if state.wantsCode(question) {
                SideButton(say("scan_title")) { on(.scan(key)) }
            }
            if let known = state.duplicates[key] { Identity(known: known, question: question, key: key, on: on) }
        case .date, .dateTime:
            typed
            DayMeans(question: question, key: key, on: on)
        case .scale:
            if let scale = question.scale, scale.steps > 0 {
                ScaleMeans(question: question, key: key, scale: scale, on: on)
            } else {
                typed
            }
        case .yesNo:
            truth(true, say("form_yes"))
            truth(false, say("form_no"))
        case .acknowledge: truth(true, say("form_acknowledge"), toggles: true)
        case .one: One(question: question, key: key, on: on)
        case .many: Several(question: question, key: key, on: on)
        case .rank: RankMeans(question: question, key: key, on: on)
        case .point: PointMeans(question: question, key: key, state: state, on: on)
        case .line, .area: LineMeans(question: question, key: key, on: on)
        case .signature: SignatureMeans(question: question, key: key, on: on, photo: photo)
        case .image, .photos: Photos(question: question, key: key, on: on, photo: photo)
        case .audio: AudioMeans(question: question, key: key, state: state, on: on)
        case .heading, .note, .silent: EmptyView()
        }
    }

    private var typed: some View { Typed(question: question, key: key, state: state, on: on) }

    /// The chosen one is touched again to take it back.
    private func truth(_ truth: Bool, _ words: String, toggles: Bool = false) -> some View {
        let chosen = question.value == .truth(truth)
        return ChoiceRow(words, chosen: chosen, toggles: toggles) {
            on(.answered(key, chosen ? .nothing : .truth(truth)))
        }
    }
}

private struct Typed: View {
    let question: Question
    let key: FieldKey
    let state: FormState
    let on: (FormEvent) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        let unreadable = state.unreadable.contains(key)
        Beside(spacing: 8) {
            TextLine(
                question.label.here(say),
                text: text,
                shown: false,
                lines: question.kind == .text ? 1...8 : 1...1,
                keyboard: keyboard,
                bad: unreadable || state.problemsOf(question).contains(where: \.error)
            ) { on(.typed(question, isNumber ? $0.replacingOccurrences(of: ",", with: ".") : $0)) }
            .accessibilityIdentifier("answer \(question.item)")
            // The keys of numbers have no minus.
            if isNumber {
                SideButton("±", wide: false, enabled: !text.isEmpty) { on(.typed(question, turned)) }
                    .accessibilityLabel(say("form_other_sign"))
            }
        }
        if unreadable { Small(wrong, colors.error) }
    }

    private var text: String { state.typed[key] ?? typedOf(question.value) }

    /// The number with the other sign.
    private var turned: String { text.hasPrefix("-") ? String(text.dropFirst()) : "-\(text)" }

    private var isNumber: Bool { [.integer, .decimal, .scale].contains(question.kind) }

    private var keyboard: UIKeyboardType {
        switch question.kind {
        case .integer, .date, .time, .dateTime: .numberPad
        case .decimal, .scale: .decimalPad
        case .phone: .phonePad
        default: .default
        }
    }

    private var wrong: String {
        switch question.kind {
        case .date: say("form_not_date")
        case .time: say("form_not_time")
        case .dateTime: say("form_not_moment")
        default: say("form_not_number")
        }
    }
}

/// What is known of an identity code: whose it is already, and what may have been meant.
private struct Identity: View {
    let known: Duplicates
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if !known.rows.isEmpty {
            Notice(say("form_duplicate"), bad: true) {
                ForEach(known.rows, id: \.record) { Text($0.title.here(say)) }
            }
        }
        if known.unchecked { Small(say("form_unchecked")) }
        if !known.suggestions.isEmpty {
            Small(say("form_suggestions"))
            ForEach(known.suggestions.prefix(3), id: \.self) { meant in
                SideButton(meant) { on(.typed(question, meant)) }
            }
        }
        if question.problems.contains(where: { $0.error && $0.code != "required" }) {
            SideButton(say("form_confirm_code")) { on(.confirmed(key)) }
        }
    }
}

private struct One: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if question.choices.count > few {
            let known = question.choices.first { $0.code == chosen }?.label.here(say)
            SideButton(known ?? chosen?.code ?? say("form_choose")) { on(.ownPage(key)) }
        } else {
            ForEach(question.choices, id: \.code) { choice in
                let here = choice.code == chosen
                ChoiceRow(choice.label.here(say), chosen: here) {
                    on(.answered(key, here ? .nothing : .one(choice.code)))
                }
            }
        }
    }

    private var chosen: Code? {
        if case .one(let code) = question.value { code } else { nil }
    }
}

private struct Several: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if question.choices.count > few {
            let words = question.choices.filter { chosen.contains($0.code) }.map { $0.label.here(say) }
            SideButton(words.isEmpty ? say("form_choose_several") : words.joined(separator: " · ")) {
                on(.ownPage(key))
            }
        } else {
            ForEach(question.choices, id: \.code) { choice in
                ChoiceRow(choice.label.here(say), chosen: chosen.contains(choice.code), toggles: true) {
                    on(.toggled(key, choice.code))
                }
            }
        }
    }

    private var chosen: [Code] {
        if case .many(let codes) = question.value { codes } else { [] }
    }
}

private struct Photos: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    let photo: (String) async -> [UInt8]?
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    /// The button below a photo is as wide as its words want.
    private var least: CGFloat { max(112, 80 * typography.scale) }

    var body: some View {
        if question.photos.count < question.photosWanted { Small(say("form_photos_wanted", question.photosWanted)) }
        LazyVGrid(columns: [GridItem(.adaptive(minimum: least), spacing: 12)], alignment: .leading, spacing: 12) {
            ForEach(question.photos, id: \.self) { hash in
                VStack(alignment: .leading, spacing: 4) {
                    Photo(hash, load: photo, description: say("record_photo"))
                    SideButton(say("form_photo_remove")) { on(.photoRemoved(key, hash)) }
                }
            }
        }
        let again = question.kind == .image && !question.photos.isEmpty
        MainButton(again ? say("photo_retake") : say("photo_take")) { on(.photograph(key)) }
        PictureButton(say("form_photo_add")) { on(.photoAdded(key, $0)) }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
