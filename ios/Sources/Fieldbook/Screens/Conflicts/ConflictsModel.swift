public final class ConflictsModel: Model<ConflictsState, ConflictsEvent> {
    private let parts: Parts
    private let record: String?
    private let kept: Kept
    private var taking = false

    init(_ parts: Parts, _ record: String?, _ kept: Kept) {
        self.parts = parts
        self.record = record
        self.kept = kept
        super.init(ConflictsState(chosen: Self.read(kept[Name.chosen])))
    }

    override func show(_ trouble: Trouble, in state: inout ConflictsState) { state.trouble = trouble }

    override public func look() {
        work { [self] in try await see() }
    }

    private func see() async throws {
        try await latest {
            let types = try await parts.book.types()
            let rows = record == nil ? try await parts.book.conflicts() : nil
            let page: Page? = if let record { try await parts.book.page(record) } else { nil }
            return {
                $0.rows = rows
                $0.page = page
                $0.types = types
            }
        }
        // A value that was replaced meanwhile cannot be taken.
        guard let page = state.page else { return }
        choose(state.chosen.filter { field, dot in page.values(field).contains { $0.dot == dot } })
    }

    override public func on(_ event: ConflictsEvent) {
        switch event {
        case .choose(let field, let dot):
            choose(state.chosen.merging([field: dot]) { _, new in new })
            change { $0.trouble = nil }
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
        guard !taking, let page = state.page else { return }
        let seen = page.values(field)
        guard let chosen = seen.first(where: { $0.dot == state.chosen[field] }) else { return }
        taking = true
        work { [self] in
            defer { taking = false }
            var outdated: Trouble?
            do {
                try await parts.book.choose(page.row.record, field: field, chosen: chosen, seen: seen)
            } catch let trouble as Trouble where trouble.code == "outdated" {
                // Something came meanwhile: it is shown, and that it is new is said.
                outdated = trouble
            }
            try await see()
            change { $0.trouble = outdated }
        }
    }

    private func choose(_ chosen: [FieldKey: String]) {
        kept[Name.chosen] = chosen.map { "\($0.no)/\($0.instance.map(String.init) ?? "")/\($1)" }.joined(separator: ";")
        change { $0.chosen = chosen }
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

extension Page {
    /// The live values of a field.
    fileprivate func values(_ field: FieldKey) -> [Written] { fields.first { $0.key == field }?.values ?? [] }
}
