public final class TodayModel: Model<TodayState, TodayEvent> {
    private let parts: Parts
    private var takingUp = false

    init(_ parts: Parts) {
        self.parts = parts
        super.init(TodayState())
        follow(parts.device.health()) { [weak self] now in self?.change { $0.freeMib = now.storageFreeMib } }
        follow(parts.sync.ends()) { [weak self] _ in self?.look() }
    }

    override func show(_ trouble: Trouble, in state: inout TodayState) { state.trouble = trouble }

    override public func look() {
        work { [self] in
            // The draft of a form that was left just now may still be on its way.
            let leaving = parts.isLeaving ? parts.allLeft() : nil
            try await see()
            guard let leaving else { return }
            await leaving.value
            try await see()
        }
    }

    private func see() async throws {
        try await latest {
            let book = parts.book
            let seen = TodayState(
                me: try await book.me(),
                safe: try await book.safe(),
                drafts: try await book.drafts(),
                conflicts: try await book.conflicts(),
                types: try await book.types()
            )
            return { state in
                let before = state
                state = seen
                state.discarding = before.discarding
                state.freeMib = before.freeMib
                state.takenUp = before.takenUp
            }
        }
    }

    override public func on(_ event: TodayEvent) {
        switch event {
        case .discard(let draft): change { $0.discarding = draft }
        case .keepDraft: change { $0.discarding = nil }
        case .takeUp(let refused):
            guard !takingUp else { return }
            takingUp = true
            work { [self] in
                defer { takingUp = false }
                let id = try await parts.book.takeUp(refused.dot)
                let draft = try await parts.book.drafts().first { $0.id == id }
                try Task.checkCancellation()
                change { $0.takenUp = draft }
                look()
            }
        case .takenUp: change { $0.takenUp = nil }
        case .discardReally(let draft):
            work { [self] in
                try await parts.book.discardDraft(draft)
                try Task.checkCancellation()
                change { $0.discarding = nil }
                look()
            }
        }
    }
}
