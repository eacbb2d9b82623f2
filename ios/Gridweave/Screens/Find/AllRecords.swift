import Fieldbook
import SwiftUI

/// What the phone holds, while nothing is typed: filtered by the chips, the next page when the end is seen.
struct AllRecords: View {
    let state: FindState
    let on: (FindEvent) -> Void
    let open: (Row) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if let rows = state.rows {
            Filters(state: state, on: on)
            if rows.isEmpty { Small(say("list_none")) }
            ForEach(rows, id: \.row.record) { listed in
                ListedCard(listed: listed, state: state) { open(listed.row) }
            }
            if let end = state.next {
                Small(say("list_more")).task(id: end) { on(.more) }
            }
        }
    }
}

/// By type, by grid where there are several, and by what wants to be visited. Each says how many it would show.
private struct Filters: View {
    let state: FindState
    let on: (FindEvent) -> Void
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            types
            if grids.count > 1 { someGrids }
            due
        }
    }

    private var types: some View {
        let all = but { $0.type = nil }
        return Chips {
            chip(say("list_all", count(all)), all)
            ForEach(distinct(state.counts.map(\.type)), id: \.self) { type in
                let only = but { $0.type = type }
                chip(say("list_chip", state.types[type]?.label.here(say) ?? "\(type)", count(only)), only)
            }
        }
    }

    private var grids: [String] { distinct(state.counts.compactMap(\.grid)) }

    private var someGrids: some View {
        let all = but { $0.grid = nil }
        return Chips {
            chip(say("list_all_grids", count(all)), all)
            ForEach(grids, id: \.self) { grid in
                let only = but { $0.grid = grid }
                chip(say("list_chip", state.gridName(grid), count(only)), only)
            }
        }
    }

    @ViewBuilder
    private var due: some View {
        let due = but { $0.due = true }
        if state.filter.due || state.count(due) > 0 {
            Chips {
                Chip(say("list_due", count(due)), chosen: state.filter.due, toggles: true) {
                    on(.only(but { $0.due.toggle() }))
                }
            }
        }
    }

    private func chip(_ words: String, _ only: ListFilter) -> some View {
        Chip(words, chosen: state.filter == only) { on(.only(only)) }
    }

    private func count(_ filter: ListFilter) -> Int { Int(state.count(filter)) }

    /// The filter as it is, but for one thing.
    private func but(_ change: (inout ListFilter) -> Void) -> ListFilter {
        var filter = state.filter
        change(&filter)
        return filter
    }
}

private struct ListedCard: View {
    let listed: Listed
    let state: FindState
    let onClick: () -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        let row = listed.row
        RowCard(row: row, types: state.types, onClick: onClick) {
            let visited = row.visitedMs.map { say("list_visited", cityTime($0)) } ?? say("list_never_visited")
            Small([row.grid.map(state.gridName), visited].compactMap { $0 }.joined(separator: " · "))
            if listed.due { Small(say("list_is_due")) }
            switch listed.standing {
            case .waiting: Small(say("custody_here"), colors.error)
            case .refused: Small(say("custody_refused"), colors.error)
            case .received, .conflict: EmptyView()
            }
        }
    }
}

extension FindState {
    /// What a grid is called; its code where that is not known.
    fileprivate func gridName(_ code: String) -> String { grids.first { $0.code == code }?.name ?? code }
}

/// Each once, in the order of its first.
private func distinct<T: Hashable>(_ all: [T]) -> [T] {
    var known: Set<T> = []
    return all.filter { known.insert($0).inserted }
}
