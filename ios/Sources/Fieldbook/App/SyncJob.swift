/// A run of sync that the system starts. Where it ends the run, what was done is kept, and it is started again.
@MainActor
public struct SyncJob {
    private let app: GridweaveApp

    public init(_ app: GridweaveApp) { self.app = app }

    /// Runs to the end; whether it is to be tried again soon. A caller that is cancelled ends the run, wherever it is.
    public func run() async -> Bool {
        let again = await tried()
        return again || Task.isCancelled
    }

    private func tried() async -> Bool {
        let services = app.services
        guard services.chosen.backgroundSync else { return false }
        guard let parts = await app.openForSync() else {
            services.notices.waits()
            return false
        }
        guard (try? await parts.book.me()) != nil else { return false }
        services.notices.waitsNoMore()
        let ended = await parts.sync.run()
        if ended.trouble?.next == .retry { return true }
        if case .failed(let trouble) = ended.report?.unfinished { return trouble.next == .retry }
        return false
    }
}
