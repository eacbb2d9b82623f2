import Fieldbook
import SwiftUI

/// The process and its one window.
@main
struct GridweaveMain: App {
    private let app = made()

    var body: some Scene {
        WindowGroup { MainWindow(app: app) }
    }

    /// The process with what this device offers.
    private static func made() -> GridweaveApp {
        let managed = DeviceManaged()
        let choices = KeptChoices(.standard)
        let jobs = SystemJobs()
        let chosen = { choices.chosen.under(managed.now) }
        let services = Services(
            camera: DeviceCamera(),
            recorder: DeviceRecorder(),
            managed: managed,
            choices: choices,
            device: SystemState(),
            jobs: jobs,
            notices: SystemNotices(chosen: chosen),
            pictures: DevicePictures(),
            location: DeviceLocation(),
            quickPin: KeychainQuickPin(chosen: chosen),
            share: Sharing.offer
        )
        let folder = (try? Protection.fieldbook()) ?? fieldbook
        let app = GridweaveApp(
            keys: RustKeys(directory: folder.path, device: KeychainKey()),
            folder: folder,
            rescue: ZipRescue(),
            services: services,
            version: Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? ""
        )
        jobs.serve(app)
        return app
    }

    /// The same place where it cannot be made or guarded, as with a full storage: the core says so when it opens the field
    /// book.
    private static var fieldbook: URL {
        URL(filePath: NSHomeDirectory(), directoryHint: .isDirectory)
            .appending(path: "Library/Application Support/Gridweave/fieldbook", directoryHint: .isDirectory)
    }
}

/// Opens the field book, draws its screens as they were chosen, and covers them while nobody is to see them.
private struct MainWindow: View {
    let app: GridweaveApp
    @State private var root: Root?
    @State private var saved: Saved?
    @State private var chosen: Chosen
    /// Nobody looked since the screens were last shown.
    @State private var away = false
    /// What outlives the process.
    @SceneStorage("saved") private var left: Data?
    @Environment(\.scenePhase) private var phase

    init(app: GridweaveApp) {
        self.app = app
        _chosen = State(initialValue: app.services.chosen)
    }

    var body: some View {
        GridweaveTheme(chosen) {
            ZStack {
                if let root { RootView(root: root, hold: hold) }
                if phase != .active { Cover() }
            }
        }
        .task { await open() }
        .task {
            for await _ in app.services.managed.settings() { hold() }
        }
        .onChange(of: saved?.words) { left = saved?.data }
        .onChange(of: phase) { turned(phase) }
    }

    private func open() async {
        guard root == nil else { return }
        let kept = Saved(left)
        let new = Root(app: app, saved: kept)
        saved = kept
        root = new
        await new.open()
    }

    private func turned(_ phase: ScenePhase) {
        switch phase {
        case .background:
            away = true
            root?.left()
        case .active where away:
            away = false
            root?.cameBack()
        default: break
        }
    }

    /// Draws with what holds now.
    private func hold() {
        let now = app.services.chosen
        guard now != chosen else { return }
        chosen = now
        app.services.jobs.arm(now)
    }
}

/// Over the screens while the app is not in front: the picture of it in the list of apps shows nothing.
private struct Cover: View {
    @Environment(\.colors) private var colors

    var body: some View {
        ZStack {
            colors.background.ignoresSafeArea()
            Image(systemName: "square.grid.3x3").imageScale(.large)
        }
        .accessibilityHidden(true)
    }
}
