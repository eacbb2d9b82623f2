import AVFoundation
import CoreLocation
import SwiftUI
import UserNotifications

/// What the person allows this app.
@MainActor
enum Permission {
    case camera, microphone, location, notices

    /// Asks; whether it is allowed then. The system asks a person once only.
    func ask() async -> Bool {
        switch self {
        case .camera: await AVCaptureDevice.requestAccess(for: .video)
        case .microphone: await AVCaptureDevice.requestAccess(for: .audio)
        case .location: await LocationAsker().ask()
        case .notices: await Self.askNotices()
        }
    }

    /// How it stands.
    func standing() async -> Standing {
        switch self {
        case .camera: Self.standing(AVCaptureDevice.authorizationStatus(for: .video))
        case .microphone: Self.standing(AVCaptureDevice.authorizationStatus(for: .audio))
        case .location: LocationAsker().standing
        case .notices: await Self.notices()
        }
    }

    enum Standing: Sendable { case allowed, refused, open }

    private static func standing(_ status: AVAuthorizationStatus) -> Standing {
        switch status {
        case .authorized: .allowed
        case .notDetermined: .open
        default: .refused
        }
    }

    private nonisolated static func notices() async -> Standing {
        switch await UNUserNotificationCenter.current().notificationSettings().authorizationStatus {
        case .notDetermined: .open
        case .denied: .refused
        default: .allowed
        }
    }

    private nonisolated static func askNotices() async -> Bool {
        (try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound])) ?? false
    }
}

/// Asks for a permission. Once it is refused the system does not ask any more: then the app's page of the system's settings
/// is opened. `granted` is called once when the person allowed it, here or, where it is `there` too, in the settings.
struct PermissionButton: View {
    private let permission: Permission
    private let words: String
    private let inSettings: String
    private let main: Bool
    private let there: Bool
    private let granted: () -> Void
    @State private var refused = false
    @State private var asking = false
    @Environment(\.openURL) private var openURL

    init(
        _ permission: Permission,
        _ words: String,
        inSettings: String,
        main: Bool = false,
        there: Bool = true,
        granted: @escaping () -> Void
    ) {
        self.permission = permission
        self.words = words
        self.inSettings = inSettings
        self.main = main
        self.there = there
        self.granted = granted
    }

    var body: some View {
        ZStack {
            if main {
                MainButton(refused ? inSettings : words) { press() }
            } else {
                SideButton(refused ? inSettings : words) { press() }
            }
        }
        .task { refused = await permission.standing() == .refused }
        .onResume { Task { await lookAgain() } }
    }

    private func press() {
        if refused { return openSettings() }
        guard !asking else { return }
        asking = true
        Task {
            let allowed = await permission.ask()
            asking = false
            refused = !allowed
            if allowed { granted() }
        }
    }

    /// Whatever was allowed in the settings holds when the person is back. The system's own question takes the app out of
    /// the front, too: its answer is told by who asked.
    private func lookAgain() async {
        let standing = await permission.standing()
        guard !asking else { return }
        let before = refused
        refused = standing == .refused
        if there, before, standing == .allowed { granted() }
    }

    private func openSettings() {
        if let page = URL(string: UIApplication.openSettingsURLString) { openURL(page) }
    }
}

extension View {
    /// Does something each time the app comes to the front again.
    func onResume(_ act: @escaping () -> Void) -> some View { modifier(OnResume(act: act)) }
}

private struct OnResume: ViewModifier {
    let act: () -> Void
    @Environment(\.scenePhase) private var phase

    func body(content: Content) -> some View {
        content.onChange(of: phase) { before, now in
            if now == .active, before != .active { act() }
        }
    }
}

/// The system answers about the place on its own way.
@MainActor
private final class LocationAsker: NSObject, CLLocationManagerDelegate {
    private let manager = CLLocationManager()
    private var answer: CheckedContinuation<Void, Never>?

    var standing: Permission.Standing {
        switch manager.authorizationStatus {
        case .notDetermined: .open
        case .authorizedAlways, .authorizedWhenInUse: .allowed
        default: .refused
        }
    }

    func ask() async -> Bool {
        if standing == .open {
            manager.delegate = self
            await withCheckedContinuation {
                answer = $0
                manager.requestWhenInUseAuthorization()
            }
        }
        return standing == .allowed
    }

    // Told on the thread that the manager was made on.
    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        MainActor.assumeIsolated {
            guard standing != .open else { return }
            answer?.resume()
            answer = nil
        }
    }
}
