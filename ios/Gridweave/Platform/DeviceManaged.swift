import Fieldbook
import UIKit

/// As the organisation's device management sets them: the managed app configuration, which the system keeps among the
/// app's defaults and renews at any time.
@MainActor
final class DeviceManaged: Managed {
    private let kept: UserDefaults
    private let told: Told<ManagedSettings>

    private static let key = "com.apple.configuration.managed"

    init(_ kept: UserDefaults = .standard) {
        self.kept = kept
        told = Told(Self.read(kept))
        // For as long as the process lives. A change of the system's is not told everywhere: what is set is read again,
        // too, when the person comes back.
        for name in [UserDefaults.didChangeNotification, UIApplication.didBecomeActiveNotification] {
            _ = NotificationCenter.default.addObserver(forName: name, object: nil, queue: .main) {
                @Sendable [weak self] _ in
                MainActor.assumeIsolated { self?.lookAgain() }
            }
        }
    }

    var now: ManagedSettings { Self.read(kept) }

    func settings() -> AsyncStream<ManagedSettings> {
        lookAgain()
        return told.follow()
    }

    private func lookAgain() { told.value = now }

    private static func read(_ kept: UserDefaults) -> ManagedSettings {
        ManagedSettings(kept.dictionary(forKey: key) ?? [:])
    }
}
