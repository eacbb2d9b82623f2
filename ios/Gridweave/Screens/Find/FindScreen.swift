import Fieldbook
import SwiftUI

/// Records by name, initials, address or code.
struct FindScreen: View {
    let model: FindModel
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("find_title"), tab: .find, go: go, seen: model.seen) {
            SideButton(say("map_title")) { go(.map) }
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            if let hits = state.hits {
                Small(words(hits))
                ForEach(hits.rows, id: \.record) { row in
                    RowCard(row: row, types: state.types) { open(row) }
                }
            } else {
                AllRecords(state: state, on: { model.on($0) }, open: open)
            }
        } above: {
            query(state)
        }
    }

    private func query(_ state: FindState) -> some View {
        VStack(alignment: .leading, spacing: 4) {
            HStack(alignment: .bottom, spacing: 8) {
                TextLine(say("find_title"), text: state.query) { model.on(.typed($0)) }
                    .accessibilityIdentifier("query")
                Button {
                    go(.scan(asker: "find"))
                } label: {
                    Image(systemName: "barcode.viewfinder").imageScale(.large).frame(width: touch, height: touch)
                }
                .buttonStyle(Pressed())
                .accessibilityLabel(say("scan_title"))
            }
            Small(say("find_hint"))
        }
        .padding(EdgeInsets(top: 12, leading: 16, bottom: 8, trailing: 16))
    }

    private func words(_ hits: Hits) -> String {
        if hits.total == 0 {
            say("find_none")
        } else if hits.total > hits.rows.count {
            say("find_more", Int(hits.total), hits.rows.count)
        } else {
            say("find_count", Int(hits.total))
        }
    }

    private func open(_ row: Row) {
        model.seen = row.record
        go(.record(row.record))
    }
}

/// A record in a list.
struct RowCard<More: View>: View {
    private let row: Row
    private let types: [Int: RecordType]
    private let onClick: () -> Void
    private let more: More
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    init(
        row: Row,
        types: [Int: RecordType],
        onClick: @escaping () -> Void,
        @ViewBuilder more: () -> More = { EmptyView() }
    ) {
        self.row = row
        self.types = types
        self.onClick = onClick
        self.more = more()
    }

    var body: some View {
        Card(onClick: onClick) {
            Text(row.title.here(say))
            Small("\(types[row.type].label(say)) · \(cityTime(row.updatedMs))")
            more
            if row.conflicts > 0 { Small(say("row_conflict", row.conflicts), colors.error) }
            if !row.alive { Small(say("row_deleted"), colors.error) }
        }
    }
}
