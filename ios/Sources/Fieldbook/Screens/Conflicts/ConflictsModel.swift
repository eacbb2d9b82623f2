public final class ConflictsModel: Model<ConflictsState, ConflictsEvent> {
    private let parts: Parts
    private let record: String?
    private let kept: Kept

    init(_ parts: Parts, _ record: String?, _ kept: Kept) {
        self.parts = parts
        self.record = record
        self.kept = kept
        super.init(ConflictsState(chosen: Self.read(kept[Name.chosen])))
    }

    override func show(_ trouble: Trouble, in state: inout ConflictsState) { state.trouble = trouble }

    override public func look() {
        work { [self] in
            let types = try await parts.book.types()
            if let record {
                let page = try await parts.book.page(record)
                change {
                    $0.page = page
                    $0.types = types
                }
            } else {
                let rows = try await parts.book.conflicts()
                change {
                    $0.rows = rows
                    $0.types = types
                }
            }
        }
    }

    override public func on(_ event: ConflictsEvent) {
        switch event {
        case .choose(let field, let dot): choose(state.chosen.merging([field: dot]) { _, new in new })
        case .take(let field): take(field)
        case .reveal(let field, let reason):
            guard let record else { return }
            work { [self] in
                let whole = try await parts.book.reveal(record, field: field, reason: reason)
                change { $0.revealed[field] = whole }
            }
        }
    }

    private func take(_ field: FieldKey) {
        guard let page = state.page,
            let seen = page.fields.first(where: { $0.key == field })?.values,
            let chosen = seen.first(where: { $0.dot == state.chosen[field] })
        else { return }
        work { [self] in
            try await parts.book.choose(page.row.record, field: field, chosen: chosen, seen: seen)
            // What a screen keeps that was left meanwhile is forgotten already.
            try Task.checkCancellation()
            choose(state.chosen.filter { $0.key != field })
            look()
        }
    }

    private func choose(_ chosen: [FieldKey: String]) {
        kept[Name.chosen] = chosen.map { "\($0.no)/\($0.instance.map(String.init) ?? "")/\($1)" }.joined(separator: ";")
        change {
            $0.chosen = chosen
            $0.trouble = nil
        }
    }

    /// The bytes of a photo; none for one that is not on this device.
    public func photo(_ hash: String) async -> [UInt8]? { await parts.photo(hash) }

    private static func read(_ text: String?) -> [FieldKey: String] {
        var chosen: [FieldKey: String] = [:]
        for one in (text ?? "").split(separator: ";") {
            let parts = one.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let no = Int(parts[0]) else { continue }
            chosen[FieldKey(no: no, instance: UInt64(parts[1]))] = String(parts[2])
        }
        return chosen
    }

    private enum Name {
        static let chosen = "chosen"
    }
}
