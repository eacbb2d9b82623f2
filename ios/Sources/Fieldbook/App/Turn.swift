/// Lets work have its turn one after the other, in the order of asking. An actor alone keeps no order over its waits.
@MainActor
final class Turn {
    private var last: Task<Void, Never>?

    /// Begins `work` when all that asked before is done. Who has the turn must not wait for another one.
    @discardableResult
    func take(_ work: @escaping @MainActor () async -> Void) -> Task<Void, Never> {
        let before = last
        let mine = Task {
            await before?.value
            await work()
        }
        last = mine
        return mine
    }
}

/// What `wait` comes to; none where that takes longer than `longest`. It is cancelled then and has to end.
@discardableResult
func within<Result: Sendable>(
    _ longest: Duration,
    _ wait: @escaping @Sendable () async -> Result
) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
        group.addTask { await wait() }
        group.addTask {
            try? await Task.sleep(for: longest)
            return nil
        }
        let first = await group.next()
        group.cancelAll()
        return first ?? nil
    }
}
