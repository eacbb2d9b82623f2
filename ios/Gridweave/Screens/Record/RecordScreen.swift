import Fieldbook
import SwiftUI

/// One record, whole: who said what and when, and how safe it is.
struct RecordScreen: View {
    let model: RecordModel
    let go: (Place) -> Void
    let back: () -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    private static let photoRow = "photos"

    var body: some View {
        let state = model.state
        if let photo = state.photo {
            let absent = state.page?.photos.first { $0.hash == photo }?.absent
            PhotoPage(hash: photo, absent: absent, load: { await model.photo($0) }, back: { model.on(.lookAt(nil)) })
        } else {
            let type = state.page.flatMap { state.types[$0.row.type] }
            ScreenPage(type.label(say), back: back, seen: model.seen) {
                if let page = state.page {
                    Head(page: page, awayM: state.awayM, go: go) { model.on($0) }
                    ForEach(page.fields, id: \.key) { field in
                        FieldCard(field: field, type: type, revealed: state.revealed[field.key]) { model.on($0) }
                    }
                    if !page.photos.isEmpty { photos(page) }
                    if !page.same.isEmpty { same(page, state) }
                    Heading(say("record_history"))
                    if page.history.isEmpty { Small(say("record_no_history")) }
                    ForEach(page.history, id: \.dot) { HistoryCard(change: $0, type: type) }
                    if page.row.alive { Gone(reasons: state.reasons) { model.on($0) } }
                }
            } above: {
                // Before the eyes wherever the list stands.
                if let trouble = state.trouble {
                    Notice(trouble.words(say), bad: true).padding([.horizontal, .top], 16)
                }
            } bottom: {
                Ways(state: state) { model.on($0) }
            }
        }
    }

    @ViewBuilder
    private func photos(_ page: Page) -> some View {
        Heading(say("record_photos"))
        // By its name in a list of one: so it is found again before it is drawn, too.
        ForEach([Self.photoRow], id: \.self) { _ in
            ScrollView(.horizontal) {
                HStack(alignment: .top, spacing: 8) {
                    ForEach(page.photos, id: \.hash) { photo(of: $0) }
                }
            }
        }
    }

    private func photo(of photo: PagePhoto) -> some View {
        VStack(alignment: .leading, spacing: 4) {
            let words = say("record_photo")
            Photo(photo.hash, load: { await model.photo($0) }, description: words, absent: photo.absent) {
                model.seen = Self.photoRow
                model.on(.lookAt(photo.hash))
            }
            if let trouble = photo.trouble {
                Small(say(trouble.words), colors.error)
            } else if let received = photo.received {
                Small(received ? say("record_photo_received") : say("record_photo_here"))
            }
        }
    }

    @ViewBuilder
    private func same(_ page: Page, _ state: RecordState) -> some View {
        Heading(say("record_same"))
        ForEach(page.same, id: \.record) { row in
            RowCard(row: row, types: state.types) {
                model.seen = row.record
                go(.record(row.record))
            }
        }
    }
}

/// Where it is, whether it is still there, and how safe what is known of it is.
private struct Head: View {
    let page: Page
    let awayM: Int?
    let go: (Place) -> Void
    let on: (RecordEvent) -> Void
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        Text(page.row.title.here(say)).font(typography.titleMedium)
        if let grid = page.gridName { Small(grid) }
        if !page.row.alive {
            Notice(say("row_deleted"), bad: true) {
                SideButton(say("record_restore")) { on(.restored) }
            }
        }
        if let awayM { Small(say("record_away", awayM)) }
        if let spot = page.row.point { WayMeans(spot: spot) }
        Notice(say(page.custody.words), bad: page.custody != .received)
        if page.fields.contains(where: \.inConflict) {
            MainButton(say("record_settle")) { go(.conflicts(page.row.record)) }
        }
    }
}

/// What a hand does with the record: an edit that was put aside is not begun twice unasked.
private struct Ways: View {
    let state: RecordState
    let on: (RecordEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if let draft = state.draft {
            SideButton(say("record_edit_anew")) { on(.goOn(nil)) }
            MainButton(say("record_go_on", cityTime(draft.updatedMs))) { on(.goOn(draft)) }
        } else {
            SideButton(say("record_visit"), enabled: state.page != nil && !state.visited) { on(.visited) }
            MainButton(say("record_edit"), enabled: state.page != nil) { on(.edit) }
        }
    }
}

/// The way to say that the thing is gone: asked last, and never without a reason.
private struct Gone: View {
    let reasons: [Choice]?
    let on: (RecordEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if let reasons {
            Heading(say("record_gone_why"))
            ForEach(reasons, id: \.code) { reason in
                SideButton(reason.label.here(say)) { on(.gone(reason.code)) }
            }
            MainButton(say("record_gone_not")) { on(.askGone(false)) }
        } else {
            SideButton(say("record_gone")) { on(.askGone(true)) }
        }
    }
}

/// A photo that fills the screen and is made larger with two fingers.
private struct PhotoPage: View {
    let hash: String
    let absent: String?
    let load: (String) async -> [UInt8]?
    let back: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        FullPage(say("record_photo"), back: back) {
            let absent = absent ?? "trouble_no_photo"
            Zoomed { WholePhoto(hash, load: load, description: say("record_photo"), absent: absent) }
        }
    }
}

private struct FieldCard: View {
    let field: PageField
    let type: RecordType?
    let revealed: [String: Words]?
    let on: (RecordEvent) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        Card {
            Small(type.fieldName(field.key, say))
            ForEach(field.values, id: \.dot) { WrittenLines(written: $0, whole: revealed?[$0.dot]) }
            if field.masked, revealed == nil {
                RevealMeans("\(field.key.no)") { on(.reveal(field.key, $0)) }
            }
            if field.inConflict { Small(say("row_conflict", field.values.count), colors.error) }
        }
    }
}

/// A value with its source; `whole` once it is shown without its mask.
struct WrittenLines: View {
    let written: Written
    let whole: Words?
    @Environment(\.say) private var say

    var body: some View {
        Text(dashed((whole ?? written.said.text).here(say)))
        Small(source.compactMap { $0 }.joined(separator: " · "))
    }

    private var source: [String?] {
        [
            written.author,
            written.kind.map { say($0.words) },
            cityTime(written.atMs),
            written.accuracyDm.map { say("written_accuracy", metres($0)) },
            written.awayM.map { say("written_away", $0) },
        ]
    }
}

private struct HistoryCard: View {
    let change: Logged
    let type: RecordType?
    @Environment(\.say) private var say

    var body: some View {
        Card {
            Text(verbatim: "\(say(change.kind.words)) · \(cityTime(change.savedMs))")
            ForEach(change.writes, id: \.key) { Small(line($0)) }
            Small(change.stands.words(say))
        }
        .accessibilityElement(children: .combine)
    }

    private func line(_ write: Write) -> String {
        let after = dashed(write.after.text.here(say))
        let before = write.before.map { "\(dashed($0.text.here(say))) → " } ?? ""
        return "\(type.fieldName(write.key, say)): \(before)\(after)"
    }
}

/// Nothing is a dash.
private func dashed(_ text: String) -> String { text.isEmpty ? "—" : text }
