import BackgroundTasks
import Fieldbook
import UIKit

/// When sync runs by itself. While the app runs: every quarter of an hour, at once after a save, and again after ever
/// longer waits where it failed; a run that goes on when the person leaves the app is given the time that the system
/// allows. While it does not run: when the system thinks fit, which nobody can ask to be soon.
@MainActor
final class SystemJobs: SyncJobs {
    private var job: SyncJob?
    private var registered = false
    /// Whether it runs by itself at all.
    private var armed = false
    private var standing: Task<Void, Never>?
    private var going: Task<Void, Never>?
    private var retry: Task<Void, Never>?
    /// Something was saved since the run that goes on began.
    private var wanted = false
    private var pause = SystemJobs.first

    private static let first = Duration.seconds(30)
    private static let every = Duration.seconds(15 * 60)

    /// The names that Info.plist permits.
    private enum Name {
        static let sync = "org.gridweave.sync"
        static let photos = "org.gridweave.sync.photos"
    }

    /// Registers with the system, which takes it only before the app has finished starting, and only once.
    init() {
        registered = [Name.sync, Name.photos].allSatisfy { name in
            BGTaskScheduler.shared.register(forTaskWithIdentifier: name, using: .main) { @Sendable [weak self] task in
                let handed = Handed(task)
                MainActor.assumeIsolated {
                    if let self { self.begin(handed) } else { handed.it.setTaskCompleted(success: false) }
                }
            }
        }
    }

    /// Whose field book is handed in.
    func serve(_ app: GridweaveApp) { job = SyncJob(app) }

    func arm(_ chosen: Chosen) {
        armed = chosen.backgroundSync
        guard armed else {
            standing?.cancel()
            retry?.cancel()
            (standing, retry) = (nil, nil)
            return BGTaskScheduler.shared.cancelAllTaskRequests()
        }
        askRefresh(after: Self.every)
        guard standing == nil else { return }
        standing = Task { [weak self] in
            // By the clock that goes on while the app is asleep: who comes back after long is brought up to date at
            // once.
            while (try? await Task.sleep(for: Self.every)) != nil { self?.run() }
        }
    }

    func soon(_ chosen: Chosen) {
        guard chosen.backgroundSync else { return }
        pause = Self.first
        run()
    }

    /// The system cannot be asked for a network that costs nothing: a job that finds another leaves the photos out and
    /// is asked for again.
    func photosOnWifi(_ chosen: Chosen) {
        guard chosen.backgroundSync else { return }
        let request = BGProcessingTaskRequest(identifier: Name.photos)
        request.requiresNetworkConnectivity = true
        request.requiresExternalPower = false
        request.earliestBeginDate = Date(timeIntervalSinceNow: TimeInterval(Self.every.components.seconds))
        submit(request)
    }

    /// Starts a run. Where one goes on already, another follows it: that one may have passed what is new.
    private func run() {
        guard let job else { return }
        wanted = true
        retry?.cancel()
        guard going == nil else { return }
        going = Task {
            let time = BackgroundTime { [weak self] in self?.going?.cancel() }
            var again = false
            while wanted, !Task.isCancelled {
                wanted = false
                again = await job.run()
            }
            going = nil
            time.end()
            if again { later() } else { pause = Self.first }
        }
    }

    /// Tries again after a while: here, or by the system where the app is not there any more.
    private func later() {
        guard armed else { return }
        askRefresh(after: pause)
        retry = Task {
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            pause = min(pause * 2, Self.every)
            run()
        }
    }

    /// The system starts a job; where it ends it, what was done is kept and the next one goes on from there.
    private func begin(_ task: Handed<BGTask>) {
        guard let job else { return task.it.setTaskCompleted(success: false) }
        if task.it.identifier == Name.sync { askRefresh(after: Self.every) }
        let run = Task {
            let again = await job.run()
            task.it.setTaskCompleted(success: !again)
        }
        task.it.expirationHandler = { @Sendable in run.cancel() }
    }

    /// One is waiting at most; a new one takes its place.
    private func askRefresh(after wait: Duration) {
        guard armed else { return }
        let request = BGAppRefreshTaskRequest(identifier: Name.sync)
        request.earliestBeginDate = Date(timeIntervalSinceNow: TimeInterval(wait.components.seconds))
        submit(request)
    }

    private func submit(_ request: BGTaskRequest) {
        // Who has not been registered would be ended by the system for asking.
        guard registered else { return }
        // Refused where the person forbids it in the system's settings, and in the simulator: sync runs while the app
        // does.
        try? BGTaskScheduler.shared.submit(request)
    }
}

/// Time to go on after the person has left the app: about half a minute.
@MainActor
private final class BackgroundTime {
    private var task = UIBackgroundTaskIdentifier.invalid

    init(over: @escaping @MainActor () -> Void) {
        task = UIApplication.shared.beginBackgroundTask(withName: "sync") { @Sendable [weak self] in
            MainActor.assumeIsolated {
                over()
                // Who does not give it back in time is ended.
                self?.end()
            }
        }
    }

    func end() {
        guard task != .invalid else { return }
        UIApplication.shared.endBackgroundTask(task)
        task = .invalid
    }
}
