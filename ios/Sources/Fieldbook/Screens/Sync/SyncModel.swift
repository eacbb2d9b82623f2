public final class SyncModel: Model<SyncState, SyncEvent> {
    private let parts: Parts

    private static let runsMost = 20

    init(_ parts: Parts) {
        self.parts = parts
        super.init(SyncState())
        follow(parts.sync.now.follow()) { [weak self] now in self?.change { $0.now = now } }
        follow(parts.sync.ends()) { [weak self] _ in self?.look() }
    }

    override func show(_ trouble: Trouble, in state: inout SyncState) { state.trouble = trouble }

    override public func look() {
        work { [self] in
            try await latest {
                let safe = try await parts.book.safe()
                let runs = try await parts.book.runs(max: Self.runsMost)
                let waiting = try await parts.book.waiting()
                let types = try await parts.book.types()
                let services = parts.services
                let noticesAllowed = await services.notices.allowed
                return {
                    $0.safe = safe
                    $0.runs = runs
                    $0.waiting = waiting
                    $0.types = types
                    $0.chosen = services.chosen
                    $0.noticesAllowed = noticesAllowed
                    $0.trouble = nil
                }
            }
        }
    }

    override public func on(_ event: SyncEvent) {
        switch event {
        case .start: parts.sync.start()
        case .cancel: parts.sync.cancel()
        case .look: look()
        }
    }
}
