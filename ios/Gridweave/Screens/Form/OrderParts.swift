import Fieldbook
import SwiftUI

/// A date from the one before: a day less, a day more; with a time, also now.
struct DayMeans: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        Beside {
            SideButton(say("form_day_before")) { on(.dayMoved(key, days: -1)) }
            if question.kind == .dateTime, question.value == .nothing {
                SideButton(say("form_now")) { on(.dayMoved(key, days: 0)) }
            }
            SideButton(say("form_day_after")) { on(.dayMoved(key, days: 1)) }
        }
    }
}

/// A number on a scale: slid roughly, then step by step. The answer is given when the finger leaves.
struct ScaleMeans: View {
    let question: Question
    let key: FieldKey
    let scale: Scale
    let on: (FormEvent) -> Void
    /// Where the slider stands, steps.
    @State private var at = 0.0
    /// A finger moved it, and no answer has come of that yet.
    @State private var sliding = false
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        let held = scale.step(of: question.value)
        let shown = typedOf(sliding ? scale.value(at: step) : question.value)
        VStack(alignment: .leading, spacing: 6) {
            Text(shown.isEmpty ? "—" : shown)
                .font(typography.headlineSmall)
                .accessibilityIdentifier("answer \(question.item)")
            HStack(spacing: 8) {
                SideButton(say("form_minus"), wide: false, enabled: held != 0) { on(.slid(key, by: -1)) }
                slider(shown)
                SideButton(say("form_plus"), wide: false, enabled: held != scale.steps) { on(.slid(key, by: 1)) }
            }
            HStack {
                Small(typedOf(scale.value(at: 0)))
                Spacer()
                Small(typedOf(scale.value(at: scale.steps)))
            }
            if question.value != .nothing { Cleared(key: key, on: on) }
        }
        .onChange(of: question.value, initial: true) {
            at = Double(held ?? 0)
            sliding = false
        }
    }

    private var step: Int { Int(at.rounded()) }

    private func slider(_ shown: String) -> some View {
        Slider(value: $at, in: 0...Double(scale.steps), step: 1) { begins in
            if begins { sliding = true } else { on(.answered(key, scale.value(at: step))) }
        }
        .frame(minHeight: touch)
        .accessibilityLabel(question.label.here(say))
        .accessibilityValue(shown)
        .accessibilityAdjustableAction { direction in
            switch direction {
            case .increment: on(.slid(key, by: 1))
            case .decrement: on(.slid(key, by: -1))
            @unknown default: break
            }
        }
        .accessibilityIdentifier("slider \(question.item)")
    }
}

/// Choices in order; the core says which is moved where.
struct RankMeans: View {
    let question: Question
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let choices = question.choices
        ForEach(choices.indices, id: \.self) { at in row(at, choices[at], last: at == choices.count - 1) }
        if let first = choices.first {
            if question.value == .nothing {
                Small(say("form_rank_none"))
                SideButton(say("form_rank_so")) { on(.ranked(key, first.code, by: 0)) }
            } else {
                Cleared(key: key, on: on)
            }
        }
    }

    private func row(_ at: Int, _ choice: Choice, last: Bool) -> some View {
        let words = choice.label.here(say)
        return Beside(spacing: 8) {
            Text(verbatim: "\(at + 1). \(words)").frame(maxWidth: .infinity, alignment: .leading)
            SideButton(say("form_rank_up"), wide: false, enabled: at > 0) { on(.ranked(key, choice.code, by: -1)) }
                .accessibilityHint(Text(words))
                .accessibilityIdentifier("up \(choice.code.code)")
            SideButton(say("form_rank_down"), wide: false, enabled: !last) { on(.ranked(key, choice.code, by: 1)) }
                .accessibilityHint(Text(words))
                .accessibilityIdentifier("down \(choice.code.code)")
        }
    }
}

/// Takes an answer away.
struct Cleared: View {
    let key: FieldKey
    let on: (FormEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        SideButton(say("form_clear")) { on(.answered(key, .nothing)) }
    }
}
