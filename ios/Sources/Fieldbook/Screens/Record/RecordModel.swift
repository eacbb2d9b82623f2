public final class RecordModel: Model<RecordState, RecordEvent> {
    private let parts: Parts
    private let record: String
    private let kept: Kept
    private var standing = Standing.searching
    private var acting = false
    private var editing: Task<Void, Never>?

    init(_ parts: Parts, _ record: String, _ kept: Kept) {
        self.parts = parts
        self.record = record
        self.kept = kept
        super.init(RecordState(photo: kept[Name.photo]))
        follow(parts.location.standing()) { [weak self] in self?.heard($0) }
        follow(parts.sync.ends()) { [weak self] _ in
            guard let self else { return }
            work { [self] in try await see() }
        }
    }

    override func show(_ trouble: Trouble, in state: inout RecordState) { state.trouble = trouble }

    /// Whoever was on another screen meanwhile edits no more, until it is asked for again.
    override public func look() {
        editing?.cancel()
        editing = nil
        change {
            $0.draft = nil
            $0.open = nil
        }
        work { [self] in try await see() }
    }

    private func see() async throws {
        try await latest {
            let page = try await parts.book.page(record)
            let types = try await parts.book.types()
            return {
                $0.page = page
                $0.types = types
            }
        }
    }

    override public func on(_ event: RecordEvent) {
        switch event {
        case .visited:
            guard !state.visited else { return }
            act { [self] in
                try await parts.book.confirmVisit(record, fix: standing.fix)
                change { $0.visited = true }
            }
        case .edit: edit()
        case .goOn(let draft): open(draft)
        case .notEdited: change { $0.draft = nil }
        case .opened:
            change {
                $0.draft = nil
                $0.open = nil
            }
        case .askGone(let asking):
            work { [self] in
                let type = asking ? state.page?.row.type : nil
                let reasons: [Choice]? = if let type { try await parts.book.reasonsGone(type: type) } else { nil }
                change { $0.reasons = reasons }
            }
        case .gone(let reason):
            guard state.page?.row.alive == true else { return }
            act { [self] in
                try await parts.book.delete(record, reason: reason, fix: standing.fix)
                change { $0.reasons = nil }
            }
        case .restored:
            guard state.page?.row.alive == false else { return }
            act { [self] in try await parts.book.restore(record, fix: standing.fix) }
        case .lookAt(let photo):
            kept[Name.photo] = photo
            change { $0.photo = photo }
        case .reveal(let field, let reason):
            work { [self] in
                let whole = try await parts.book.reveal(record, field: field, reason: reason)
                change { $0.revealed[field] = whole }
            }
        }
    }

    /// Saves what a hand says of the record and looks at it again; touched twice, once.
    private func act(_ act: @escaping @MainActor () async throws -> Void) {
        guard !acting else { return }
        acting = true
        work(outlives: true) { [self] in
            defer { acting = false }
            try await act()
            try await see()
        }
    }

    /// The bytes of a photo; none for one that is not on this device.
    public func photo(_ hash: String) async -> [UInt8]? { await parts.photo(hash) }

    /// Once, however often it is pressed.
    private func edit() {
        if editing != nil { return }
        editing = work { [self] in
            defer { if !Task.isCancelled { editing = nil } }
            // The draft of a form that was left just now may still be on its way.
            await parts.allLeft().value
            let draft = try await parts.book.draftOf(record)
            try Task.checkCancellation()
            if let draft { change { $0.draft = draft } } else { open(nil) }
        }
    }

    private func open(_ draft: Draft?) {
        guard state.open == nil, let type = state.page?.row.type else { return }
        change { $0.open = draft?.place ?? .newForm(type: type, record: record) }
    }

    private func heard(_ standing: Standing) {
        self.standing = standing
        guard let fix = standing.fix else { return }
        work { [self] in
            let away = try await parts.book.distance(record, fix: fix)
            change { $0.awayM = away }
        }
    }

    private enum Name {
        static let photo = "photo"
    }
}
