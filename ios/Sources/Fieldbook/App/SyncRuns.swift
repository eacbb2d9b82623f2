import Observation

/// How far sync is. `ended` counts the runs that ended: whoever shows what sync changes looks again then.
public struct SyncNow: Sendable, Hashable {
    public var running = false
    public var progress: Progress?
    public var report: Report?
    public var trouble: Trouble?
    public var ended = 0
}

/// The one run of sync; it belongs to the process and outlives every screen.
@MainActor
public final class SyncRuns {
    private let book: any Fieldbook
    private let version: String
    private let services: Services
    private var handle: (any SyncHandle)?
    /// Wanted ended, maybe before there was a handle to end it by.
    private var cancelled = false
    private var stopped = false
    private var going: Task<Void, Never>?

    let now = Told(SyncNow())

    init(book: any Fieldbook, version: String, services: Services) {
        self.book = book
        self.version = version
        self.services = services
    }

    /// How many runs have ended, from now on.
    func ends() -> AsyncStream<Int> {
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        let following = Task { [now] in
            var last: Int?
            for await now in now.follow() where now.ended != last {
                last = now.ended
                continuation.yield(now.ended)
            }
        }
        continuation.onTermination = { _ in following.cancel() }
        return stream
    }

    /// Starts a run, where none goes on.
    public func start() {
        guard !now.value.running, !stopped else { return }
        cancelled = false
        now.value = SyncNow(running: true, ended: now.value.ended)
        // Of the run before, the last words may still be said.
        going = Task { [before = going] in
            await before?.value
            await begin()
        }
    }

    /// Ends the run that goes on, once and for all: none holds the field book then.
    func stop() async {
        stopped = true
        cancel()
        await going?.value
    }

    /// Runs to the end, or waits for the run that is going on. A caller that is cancelled ends the run.
    public func run() async -> SyncNow {
        start()
        for await now in now.follow() where !now.running { return now }
        // Nobody follows to the end who is not cancelled.
        cancel()
        return now.value
    }

    public func cancel() {
        cancelled = true
        handle?.cancel()
    }

    private func begin() async {
        let device = services.device
        let photos = services.photosNow
        let facts = Facts(
            app: version,
            battery: device.battery,
            network: device.network,
            // Apple's reasons for looking at it (E174.1, 85F4.1) forbid that it leaves the device unasked.
            storageFreeMib: nil
        )
        let (told, telling) = AsyncStream<Heard.Word>.makeStream()
        do {
            let begun = try await book.startSync(facts, heard: Heard(telling), photos: photos)
            handle = begun
            if cancelled { begun.cancel() }
        } catch is CancellationError {
            // The field book was closed.
            now.value = SyncNow(ended: now.value.ended)
            return
        } catch {
            now.value = SyncNow(trouble: Trouble(of: error), ended: now.value.ended)
            return
        }
        for await word in told {
            switch word {
            case .progress(let progress): now.value.progress = progress
            case .finished(let report):
                handle = nil
                now.value = SyncNow(report: report, ended: now.value.ended + 1)
                await after(report, photos: photos)
            }
        }
    }

    /// Tells what needs the person, and sees to photos that wait for another network.
    private func after(_ report: Report, photos: Bool) async {
        // Where the field book does not answer, the screens say so when they look.
        guard let safe = try? await book.safe(), let conflicts = try? await book.conflicts() else { return }
        services.notices.needed(report.needs(conflicts: conflicts.count))
        // Only where they were left out: a photo that failed over Wi-Fi waits for the next ordinary run.
        if !photos, safe.photosPending > 0 { services.jobs.photosOnWifi(services.chosen) }
    }

    /// Brings what the core tells on its threads to where the screens are, in the order of telling.
    private final class Heard: SyncHeard {
        enum Word: Sendable {
            case progress(Progress)
            case finished(Report)
        }

        private let telling: AsyncStream<Word>.Continuation

        init(_ telling: AsyncStream<Word>.Continuation) { self.telling = telling }

        func progress(_ progress: Progress) { telling.yield(.progress(progress)) }

        func finished(_ report: Report) {
            telling.yield(.finished(report))
            telling.finish()
        }
    }
}
