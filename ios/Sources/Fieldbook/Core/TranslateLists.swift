internal import GridweaveFFI

extension ListFilter {
    func theirs() -> GridweaveFFI.ListFilter {
        GridweaveFFI.ListFilter(recordType: type.map { UInt16(clamping: $0) }, grid: grid, due: due)
    }
}

extension ListEnd {
    func theirs() -> GridweaveFFI.ListEnd { GridweaveFFI.ListEnd(updatedMs: updatedMs, record: record) }
}

extension GridweaveFFI.ListPage {
    func ours() -> ListPage {
        ListPage(
            rows: rows.map { $0.ours() },
            next: next.map { ListEnd(updatedMs: $0.updatedMs, record: $0.record) }
        )
    }
}

extension GridweaveFFI.Listed {
    fileprivate func ours() -> Listed { Listed(row: row.ours(), standing: standing.ours(), due: due) }
}

extension GridweaveFFI.RecordCount {
    func ours() -> RecordCount {
        RecordCount(type: Int(recordType), grid: grid, count: Int64(clamping: count), due: Int64(clamping: due))
    }
}

extension GridweaveFFI.Standing {
    fileprivate func ours() -> MapStanding {
        switch self {
        case .received: .received
        case .waiting: .waiting
        case .refused: .refused
        case .conflict: .conflict
        }
    }
}
