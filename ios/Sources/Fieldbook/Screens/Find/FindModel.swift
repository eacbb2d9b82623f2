import Foundation

public final class FindModel: Model<FindState, FindEvent> {
    private let parts: Parts
    private let kept: Kept
    private var asking: Task<Void, Never>?
    private var paging: Task<Void, Never>?

    init(_ parts: Parts, _ kept: Kept) {
        self.parts = parts
        self.kept = kept
        super.init(FindState(query: kept[Name.query] ?? "", filter: ListFilter(kept: kept[Name.filter])))
        let before = parts.sync.now.value.ended
        follow(parts.sync.ends()) { [weak self] ended in if ended != before { self?.look() } }
    }

    override func show(_ trouble: Trouble, in state: inout FindState) { state.trouble = trouble }

    override public func on(_ event: FindEvent) {
        switch event {
        case .typed(let query):
            kept[Name.query] = query
            change {
                $0.query = query
                $0.trouble = nil
            }
            look()
        case .only(let filter):
            // The page that is on its way is of what was asked before.
            paging?.cancel()
            kept[Name.filter] = filter.kept
            change {
                $0.filter = filter
                $0.rows = nil
                $0.next = nil
                $0.trouble = nil
            }
            look()
        case .more: more()
        }
    }

    /// Only the answer to the last question is shown.
    override public func look() {
        asking?.cancel()
        asking = work { [self] in
            // Another question came before this one was put.
            try Task.checkCancellation()
            let (book, asked) = (parts.book, state)
            let types = try await book.types()
            if !asked.query.allSatisfy(\.isWhitespace) {
                let hits = try await book.find(asked.query)
                try Task.checkCancellation()
                change {
                    $0.hits = hits
                    $0.types = types
                }
            } else {
                let (counts, grids) = (try await book.counts(), try await book.grids())
                // As many as were seen: whoever comes back finds the place again.
                let (rows, next) = try await pages(asked.filter, least: asked.rows?.count ?? 0)
                try Task.checkCancellation()
                change {
                    $0.hits = nil
                    $0.types = types
                    $0.grids = grids
                    $0.counts = counts
                    $0.rows = rows
                    $0.next = next
                }
            }
        }
    }

    private func pages(_ filter: ListFilter, least: Int) async throws -> ([Listed], ListEnd?) {
        var page = try await parts.book.list(filter, after: nil)
        var rows = page.rows
        while rows.count < least, let next = page.next {
            try Task.checkCancellation()
            page = try await parts.book.list(filter, after: next)
            rows += page.rows
        }
        return (rows, page.next)
    }

    private func more() {
        guard let end = state.next else { return }
        let filter = state.filter
        paging?.cancel()
        paging = work { [self] in
            let page = try await parts.book.list(filter, after: end)
            try Task.checkCancellation()
            change { seen in
                // The list was read anew meanwhile: its own end asks again.
                guard seen.next == end else { return }
                // What was changed since the first page was read stands in it already.
                let known = Set((seen.rows ?? []).map(\.row.record))
                seen.rows = (seen.rows ?? []) + page.rows.filter { !known.contains($0.row.record) }
                seen.next = page.next
            }
        }
    }

    private enum Name {
        static let query = "query"
        static let filter = "filter"
    }
}

extension ListFilter {
    /// As it outlives the process: type, grid and whether only what is due.
    fileprivate var kept: String { "\(type.map(String.init) ?? "") \(grid ?? "") \(due)" }

    /// What was kept; nothing readable is all records.
    fileprivate init(kept text: String?) {
        let words = (text ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        self.init()
        guard words.count == 3 else { return }
        type = Int(words[0])
        grid = words[1].isEmpty ? nil : words[1]
        due = words[2] == "true"
    }
}
