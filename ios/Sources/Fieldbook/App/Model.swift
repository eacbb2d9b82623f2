import Observation

/// A screen's model: `State` is all that is drawn, `Event` all that a hand can do.
@MainActor @Observable
public class Model<State: Sendable, Event>: Leaving {
    public private(set) var state: State
    /// What of the screen was left for another one that lies over it: whoever comes back finds it again.
    @ObservationIgnored public var seen: String?
    /// Hears each new state.
    @ObservationIgnored var followed: ((State) -> Void)?
    @ObservationIgnored private var tasks: [Int: Task<Void, Never>] = [:]
    @ObservationIgnored private var begun = 0
    @ObservationIgnored private var readings = 0

    init(_ first: State) { state = first }

    /// Does what a hand did.
    public func on(_ event: Event) { preconditionFailure("each model says what a hand does") }

    /// Reads again what is shown: the screen came up.
    public func look() {}

    /// Puts a trouble into the state, to be shown.
    func show(_ trouble: Trouble, in state: inout State) { preconditionFailure("each model shows its trouble") }

    final func change(_ how: (inout State) -> Void) {
        how(&state)
        followed?(state)
    }

    /// Shows what is read; of several readings at once the one that began last, for it saw the most.
    final func latest(_ read: @MainActor () async throws -> (inout State) -> Void) async throws {
        readings += 1
        let mine = readings
        let shown = try await read()
        // What a screen keeps that was left meanwhile is forgotten already.
        try Task.checkCancellation()
        if mine == readings { change(shown) }
    }

    /// Does work of the core as long as the screen is there, or to its end where it `outlives` it; its trouble is shown.
    @discardableResult
    final func work(outlives: Bool = false, _ work: @escaping @MainActor () async throws -> Void) -> Task<Void, Never> {
        begun += 1
        let me = begun
        if outlives { Outliving.count += 1 }
        let task = Task {
            defer { if outlives { Outliving.count -= 1 } }
            do {
                try await work()
            } catch {
                // Nobody waits any more for what was cancelled.
                if !Task.isCancelled, !(error is CancellationError) {
                    change { show(Trouble(of: error), in: &$0) }
                }
            }
            tasks[me] = nil
        }
        if !outlives { tasks[me] = task }
        return task
    }

    /// Follows what is told as long as the screen is there, or until what it returns is cancelled.
    @discardableResult
    final func follow<Value: Sendable>(
        _ told: AsyncStream<Value>,
        _ take: @escaping @MainActor (Value) -> Void
    ) -> Task<Void, Never> {
        begun += 1
        let task = Task {
            for await value in told {
                if Task.isCancelled { return }
                take(value)
            }
        }
        tasks[begun] = task
        return task
    }

    func left() {
        followed = nil
        for task in tasks.values { task.cancel() }
        tasks = [:]
    }
}

/// Work that outlives its screen and is not done yet, of all models.
@MainActor
enum Outliving {
    static var count = 0
}
