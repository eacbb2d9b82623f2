import Fieldbook
import SwiftUI

/// The process and its one window.
@main
struct GridweaveMain: App {
    @UIApplicationDelegateAdaptor private var delegate: AppDelegate
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
        let folder = Protection.fieldbook
        let app = GridweaveApp(
            keys: GuardedKeys(keys: RustKeys(directory: folder.path, device: KeychainKey())),
            folder: folder,
            rescue: ZipRescue(),
            services: services,
            version: Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? ""
        )
        jobs.serve(app)
        return app
    }
}

/// What the system asks the app as a whole.
private final class AppDelegate: NSObject, UIApplicationDelegate {
    /// Keyboards of others could hand on what is typed: the system's alone are let in.
    func application(
        _ application: UIApplication,
        shouldAllowExtensionPointIdentifier point: UIApplication.ExtensionPointIdentifier
    ) -> Bool {
        point != .keyboard
    }
}

/// Opens the field book, draws its screens as they were chosen, and covers them while nobody is to see them.
private struct MainWindow: View {
    let app: GridweaveApp
    @State private var root: Root?
    @State private var saved: Saved?
    @State private var chosen: Chosen
    /// Nobody looked since the screens were last shown, or nobody has yet.
    @State private var away = true
    /// What outlives the process, sealed.
    @SceneStorage("sealed") private var left: Data?
    @Environment(\.scenePhase) private var phase

    init(app: GridweaveApp) {
        self.app = app
        _chosen = State(initialValue: app.services.chosen)
    }

    var body: some View {
        GridweaveTheme(chosen) {
            ZStack {
                if let root { RootView(root: root, hold: hold) }
                // Until the lock has been looked at, too: no frame of what was there before is shown.
                if phase != .active || away { Cover() }
            }
        }
        .task { await open() }
        .task {
            for await _ in app.services.managed.settings() { hold() }
        }
        .onChange(of: saved?.words) { left = saved?.sealed(by: words) }
        .onChange(of: phase) { turned(phase) }
    }

    private func open() async {
        guard root == nil else { return }
        let kept = Saved(sealed: left, by: words)
        let new = Root(app: app, saved: kept)
        // The process may have lived on without its screens.
        if phase != .background {
            app.lock.cameBack()
            away = false
        }
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
            if let root { root.cameBack() } else { app.lock.cameBack() }
            away = false
        default: break
        }
    }

    /// Draws with what holds now.
    private func hold() {
        let now = app.services.chosen
        guard now != chosen else { return }
        chosen = now
    }
}

/// Seals what outlives the process, by a key of its own.
private let words = KeychainKey(account: "screens")

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
