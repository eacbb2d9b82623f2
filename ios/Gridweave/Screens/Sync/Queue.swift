import Fieldbook
import SwiftUI

/// So many of the queue are shown; the rest is counted.
private let shown = 20

/// What is on this device alone, by record.
struct Queue: View {
    let waiting: [Waiting]
    let types: [Int: RecordType]
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if !waiting.isEmpty {
            Heading(say("sync_queue", waiting.count))
            ForEach(waiting.prefix(shown), id: \.record) { each in
                WaitingCard(waiting: each, type: types[each.type], go: go)
            }
            if waiting.count > shown { Small(say("sync_queue_more", waiting.count - shown)) }
        }
    }
}

private struct WaitingCard: View {
    let waiting: Waiting
    let type: RecordType?
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        Card {
            go(.record(waiting.record))
        } content: {
            Text([waiting.title.here(say), type.label(say)].filter { !$0.isEmpty }.joined(separator: " · "))
            Small(what.joined(separator: " · "))
        }
    }

    private var what: [String] {
        var what: [String] = []
        if waiting.changes > 0 { what.append(say("sync_queue_changes", waiting.changes)) }
        if waiting.photos > 0 { what.append(say("sync_queue_photos", waiting.photos, mebibytes(waiting.photoBytes))) }
        if waiting.photosDamaged > 0 { what.append(say("sync_queue_damaged", waiting.photosDamaged)) }
        if waiting.photosNotTaken > 0 { what.append(say("sync_queue_not_taken", waiting.photosNotTaken)) }
        if let since = waiting.sinceMs { what.append(say("sync_queue_since", cityTime(since))) }
        return what
    }
}

/// What the server keeps and did not accept, by its reason; each change stands on the first screen.
struct RefusedCard: View {
    let refused: [Logged]
    let go: (Place) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        let reasons = Dictionary(grouping: refused, by: \.stands.refusal).mapValues(\.count)
        Card {
            go(.today)
        } content: {
            Text(say("today_refused", refused.count))
            ForEach(reasons.sorted { $0.key < $1.key }, id: \.key) { code, count in
                Small("\(refusedWords(code, say))：\(count)", colors.error)
            }
        }
    }
}

/// What the server signed for last: to be compared with the console.
struct ReceiptCard: View {
    let receipt: Receipt
    @Environment(\.say) private var say

    var body: some View {
        Card {
            Small(say("sync_receipt"))
            Text(say("sync_receipt_line", Int(receipt.durable), receipt.hash, cityTime(receipt.serverMs)))
        }
        .accessibilityElement(children: .combine)
    }
}

private func mebibytes(_ bytes: Int64) -> String { String(format: "%.1f", Double(bytes) / (1024 * 1024)) }
