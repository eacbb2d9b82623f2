import Fieldbook
import SwiftUI

/// What several people wrote, side by side; one of it is taken.
struct ConflictsScreen: View {
    let model: ConflictsModel
    let go: (Place) -> Void
    let back: () -> Void
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("conflicts_title"), back: back, seen: model.seen) {
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            if let rows = state.rows {
                if rows.isEmpty { Text(say("conflicts_none")) }
                ForEach(rows, id: \.record) { row in
                    RowCard(row: row, types: state.types) {
                        model.seen = row.record
                        go(.conflicts(row.record))
                    }
                }
            }
            if let page = state.page {
                let open = page.fields.filter(\.inConflict)
                Text(page.row.title.here(say)).font(typography.titleMedium)
                Small(open.isEmpty ? say("conflicts_none") : say("conflicts_how"))
                ForEach(open, id: \.key) { field in
                    FieldChoice(
                        field: field,
                        type: state.types[page.row.type],
                        state: state,
                        photo: { await model.photo($0) },
                        on: { model.on($0) }
                    )
                }
            }
        }
    }
}

private struct FieldChoice: View {
    let field: PageField
    let type: RecordType?
    let state: ConflictsState
    let photo: (String) async -> [UInt8]?
    let on: (ConflictsEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let chosen = state.chosen[field.key]
        let revealed = state.revealed[field.key]
        VStack(alignment: .leading, spacing: 10) {
            Heading(type.fieldName(field.key, say))
            ForEach(pairs, id: \.first?.dot) { pair in
                Beside(spacing: 10) {
                    ForEach(pair, id: \.dot) { written in
                        Side(
                            written: written,
                            whole: revealed?[written.dot],
                            chosen: written.dot == chosen,
                            photo: photo,
                            onClick: { on(.choose(field.key, dot: written.dot)) }
                        )
                    }
                }
                .fixedSize(horizontal: false, vertical: true)
            }
            if field.masked, revealed == nil {
                RevealMeans("\(field.key.no)") { on(.reveal(field.key, $0)) }
            }
            MainButton(say("conflicts_take"), enabled: chosen != nil) { on(.take(field.key)) }
        }
    }

    private var pairs: [[Written]] {
        stride(from: 0, to: field.values.count, by: 2).map { Array(field.values[$0...].prefix(2)) }
    }
}

/// One of the values, as high as the one beside it.
private struct Side: View {
    let written: Written
    let whole: Words?
    let chosen: Bool
    let photo: (String) async -> [UInt8]?
    let onClick: () -> Void
    private let shape = RoundedRectangle(cornerRadius: edge)
    @Environment(\.colors) private var colors

    var body: some View {
        Button {
            onClick()
        } label: {
            VStack(alignment: .leading, spacing: 4) {
                ChoiceSign(chosen: chosen)
                WrittenLines(written: written, whole: whole)
                if !written.photos.isEmpty { Evidence(photos: written.photos, load: photo) }
            }
            .multilineTextAlignment(.leading)
            .padding(12)
            .frame(maxWidth: .infinity, minHeight: touch, maxHeight: .infinity, alignment: .topLeading)
            .foregroundStyle(chosen ? colors.onSecondaryContainer : colors.onSurface)
            .background(chosen ? colors.secondaryContainer : colors.surface, in: shape)
            .overlay { shape.strokeBorder(colors.outline, lineWidth: chosen ? 3 : 1) }
        }
        .buttonStyle(Pressed())
        .accessibilityAddTraits(chosen ? .isSelected : [])
    }
}
