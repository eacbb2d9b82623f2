import Fieldbook
import SwiftUI

/// What wants doing today, and whether what was done is safe.
struct TodayScreen: View {
    let model: TodayModel
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("today_title"), tab: .today, go: go) {
            if let me = state.me { Small(say("today_hello", me.name, me.organisation)) }
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            if let safe = state.safe {
                SafeNotice(safe: safe)
                ClockNotice(offsetMs: safe.clockOffsetMs)
                if let free = state.freeMib { RoomNotice(freeMib: free) }
                todo(state, safe)
            }
        }
    }

    @ViewBuilder
    private func todo(_ state: TodayState, _ safe: Safe) -> some View {
        if !safe.refused.isEmpty {
            Heading(say("today_refused", safe.refused.count))
            Small(say("today_refused_how"))
            ForEach(safe.refused, id: \.dot) { change in
                RefusedChange(change: change, type: state.types[change.type], go: go) { model.on(.takeUp(change)) }
            }
        }
        if !state.conflicts.isEmpty {
            Heading(say("today_conflicts", state.conflicts.count))
            ForEach(state.conflicts, id: \.record) { row in ConflictCard(row: row, go: go) }
        }
        if !state.drafts.isEmpty {
            Heading(say("today_drafts", state.drafts.count))
            ForEach(state.drafts, id: \.id) { draft in
                DraftCard(
                    draft: draft,
                    type: state.types[draft.type],
                    discarding: state.discarding == draft.id,
                    go: go
                ) { model.on($0) }
            }
        }
        if safe.refused.isEmpty, state.conflicts.isEmpty, state.drafts.isEmpty { Text(say("today_all_clear")) }
    }
}

/// The one line that never says more than is known.
struct SafeNotice: View {
    let safe: Safe
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        Notice(words, bad: !safe.isSealed) {
            if safe.photosDamaged > 0 { Text(say("safe_photos_damaged", Int(safe.photosDamaged))) }
            if safe.photosUnreleased > 0 { Text(say("safe_photos_unreleased", Int(safe.photosUnreleased))) }
            if safe.photosOverQuota > 0 { Text(say("safe_photos_over_quota", Int(safe.photosOverQuota))) }
            if let seal = safe.seal { Text(say("safe_seal", seal)).accessibilityIdentifier("seal") }
            if safe.held { Text(say("safe_held")) }
            Text(safe.pulledAllMs.map { say("safe_pulled", cityTime($0)) } ?? say("safe_never_pulled"))
                .font(typography.bodyMedium)
        }
    }

    private var words: String {
        if safe.pending + safe.photosPending > 0 {
            say("safe_open", Int(safe.pending), Int(safe.photosPending))
        } else if !safe.isSealed {
            say("safe_left")
        } else if safe.savedToday == 0 {
            say("safe_none")
        } else {
            say("safe_sealed", Int(safe.receivedToday))
        }
    }
}

/// A change that the server keeps and did not accept.
private struct RefusedChange: View {
    let change: Logged
    let type: RecordType?
    let go: (Place) -> Void
    let takeUp: () -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        // What was never accepted as a record has no page: all of it stands here.
        let created = change.kind == .create
        let open: () -> Void = { go(.record(change.record)) }
        Card(onClick: created ? nil : open) {
            Text("\(type.label(say)) · \(say(change.kind.words))")
            ForEach(change.writes, id: \.key) { write in
                let text = write.after.text.here(say)
                if !text.isEmpty { Small("\(type.fieldName(write.key, say)): \(text)") }
            }
            Small(refusedWords(change.stands.refusal, say), colors.error)
            Small(cityTime(change.savedMs))
            if created { SideButton(say("today_take_up"), onClick: takeUp) }
        }
    }
}

private struct ConflictCard: View {
    let row: Row
    let go: (Place) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        Card {
            go(.conflicts(row.record))
        } content: {
            Text(row.title.here(say))
            Small(say("row_conflict", row.conflicts), colors.error)
        }
    }
}

private struct DraftCard: View {
    let draft: Draft
    let type: RecordType?
    let discarding: Bool
    let go: (Place) -> Void
    let on: (TodayEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let name = type.label(say)
        let words = draft.record == nil ? say("draft_new", name) : say("draft_edit", name)
        let title = draft.title.here(say)
        if discarding {
            Notice(say("today_discard_really"), bad: true) {
                Text(title.isEmpty ? words : title)
                Beside {
                    SideButton(say("today_discard")) { on(.discardReally(draft.id)) }
                    MainButton(say("today_keep")) { on(.keepDraft) }
                }
            }
        } else {
            Beside(spacing: 8) {
                Card {
                    go(draft.place)
                } content: {
                    Text(title.isEmpty ? words : title)
                    if !title.isEmpty { Small(words) }
                    if draft.left { Small(say("draft_left")) }
                    Small(cityTime(draft.updatedMs))
                }
                SideButton(say("today_discard"), wide: false) { on(.discard(draft.id)) }
                    .accessibilityHint(Text(title.isEmpty ? words : title))
            }
        }
    }
}
