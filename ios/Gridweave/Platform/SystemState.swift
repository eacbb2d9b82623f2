import Fieldbook
import Network
import UIKit

/// The device's own word. It lives as long as the process.
@MainActor
final class SystemState: DeviceState {
    private let paths = NWPathMonitor()
    private let home: URL
    private lazy var told = Told(healthNow)

    /// Nobody tells how the storage is doing: it is looked at so often while the app runs.
    private static let lookAgain = Duration.seconds(60)

    init(home: URL = URL(filePath: NSHomeDirectory(), directoryHint: .isDirectory)) {
        self.home = home
        UIDevice.current.isBatteryMonitoringEnabled = true
        paths.pathUpdateHandler = { @Sendable [weak self] _ in MainActor.assumeIsolated { self?.tell() } }
        paths.start(queue: .main)
        let battery = UIDevice.batteryLevelDidChangeNotification
        _ = NotificationCenter.default.addObserver(forName: battery, object: nil, queue: .main) {
            @Sendable [weak self] _ in
            MainActor.assumeIsolated { self?.tell() }
        }
        Task { [weak self] in
            while self != nil {
                try? await Task.sleep(for: Self.lookAgain)
                self?.tell()
            }
        }
    }

    var network: String {
        let path = paths.currentPath
        guard path.status == .satisfied else { return "none" }
        if path.usesInterfaceType(.wifi) { return "wifi" }
        return path.usesInterfaceType(.cellular) ? "cell" : "wired"
    }

    /// A network that the person asked the system to be sparing with counts as one that costs.
    var unmetered: Bool {
        let path = paths.currentPath
        return path.status == .satisfied && !path.isExpensive && !path.isConstrained
    }

    var battery: Int? {
        let level = UIDevice.current.batteryLevel
        return level < 0 ? nil : Int((level * 100).rounded())
    }

    /// With what the system would make room by throwing its own away: a photo that was taken is worth that.
    var storageFreeMib: Int {
        let key = URLResourceKey.volumeAvailableCapacityForImportantUsageKey
        let important = try? home.resourceValues(forKeys: [key]).volumeAvailableCapacityForImportantUsage
        let all = try? FileManager.default.attributesOfFileSystem(forPath: home.path)
        let plain = (all?[.systemFreeSize] as? NSNumber)?.int64Value
        // The first is sometimes nothing on a device with room.
        return Int(max(important ?? 0, plain ?? 0) / (1024 * 1024))
    }

    var name: String {
        var system = utsname()
        uname(&system)
        let model = withUnsafeBytes(of: system.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return "Apple \(model), \(UIDevice.current.systemName) \(UIDevice.current.systemVersion)"
    }

    func health() -> AsyncStream<Health> {
        tell()
        return told.follow()
    }

    private func tell() { told.value = healthNow }
}
