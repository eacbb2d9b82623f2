import Foundation

/// The process: it opens the field book once and lends it to the screens.
@MainActor
public final class GridweaveApp {
    /// The keys of the field book: how it stands, and what opens it.
    public let keys: any Keys
    public let services: Services
    /// The field book as a file to hand over.
    public let rescue: any Rescue
    /// Where the field book lies.
    public let folder: URL
    /// Whether the screens are closed behind the PIN.
    public let lock: AutoLock

    private let version: String
    private let held: @Sendable (any Fieldbook) -> any Fieldbook
    private var opened: Parts?
    /// The end of whoever has the field book's turn last.
    private var turn: Task<Void, Never>?
    private let managing: Task<Void, Never>

    /// `held` is the field book as the screens are given it.
    public init(
        keys: any Keys,
        folder: URL,
        rescue: any Rescue,
        services: Services,
        version: String,
        lock: AutoLock = AutoLock(),
        held: @escaping @Sendable (any Fieldbook) -> any Fieldbook = { $0 }
    ) {
        self.keys = keys
        self.folder = folder
        self.rescue = rescue
        self.services = services
        self.version = version
        self.lock = lock
        self.held = held
        services.jobs.arm(services.chosen)
        // At once, too: a keychain outlives an app that was deleted.
        managing = Task {
            for await _ in services.managed.settings() {
                services.forgetUnlessChosen()
                services.jobs.arm(services.chosen)
            }
        }
    }

    deinit { managing.cancel() }

    /// The parts that screens are made of; opens the field book the first time, with its PIN where one is set. A ``Trouble``
    /// leaves all as it was.
    func parts(pin: String? = nil) async throws -> Parts {
        try await inTurn { [self] in
            if let opened { return opened }
            let book = held(try await keys.open(pin: pin))
            let parts = Parts(book: book, version: version, services: services)
            opened = parts
            return parts
        }
    }

    /// One at a time: who comes meanwhile begins when all that came before have ended.
    private func inTurn<Answer: Sendable>(
        _ work: @escaping @MainActor () async throws -> Answer
    ) async throws -> Answer {
        let before = turn
        let mine = Task {
            await before?.value
            return try await work()
        }
        turn = Task { _ = try? await mine.value }
        return try await mine.value
    }

    /// What stands between a person and the screens.
    func gate() async -> Gate {
        do {
            let parts = try await parts()
            let enrolled = try await parts.book.me() != nil
            return .open(parts, enrolled: enrolled, hasPin: try await parts.book.hasPin())
        } catch {
            let trouble = Trouble(of: error)
            return trouble.code == "pin_wanted" ? .pin : .shut(trouble)
        }
    }

    /// The parts, where they can be had without a person; none where somebody has to unlock them first.
    public func openForSync() async -> Parts? { try? await parts() }

    /// Lets go of the field book once nothing writes to it any more; the next one to ask opens it again.
    public func close() async {
        try? await inTurn { [self] in
            guard let parts = opened else { return }
            await parts.end()
            parts.book.close()
            opened = nil
        }
    }
}

extension GridweaveApp: Pins {
    func enter(_ pin: String) async throws {
        let asked = lock.times
        if let open = try await inTurn({ [self] in opened }) {
            try await open.book.checkPin(pin)
        } else {
            _ = try await parts(pin: pin)
        }
        lock.unlocked(asked)
    }

    func set(old: String?, new: String) async throws { try await parts().book.setPin(old: old, new: new) }

    func state() async throws -> BookState { try await keys.state() }
}

/// What stands between a person and the screens.
enum Gate {
    case open(Parts, enrolled: Bool, hasPin: Bool)

    /// The PIN is asked first.
    case pin
    case shut(Trouble)
}
