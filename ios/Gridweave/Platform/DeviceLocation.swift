import CoreLocation
import Fieldbook
import Foundation

/// The receiver, as the system gives it: satellites, Wi-Fi and masts are one already, in WGS-84 everywhere; it is the
/// maps of China alone that the system shifts.
///
/// The system does not say what a reading is made of. A radius that only the satellites reach is taken for theirs; a
/// good reading from Wi-Fi is then one of them, too. Nor does it say the satellites' time: what a reading is stamped
/// with follows the phone's own clock, and as their word it would hide that the clock is wrong. So none is told.
///
/// It listens while somebody follows, in the foreground alone.
@MainActor
final class DeviceLocation: NSObject, Location {
    private let manager: CLLocationManager
    private var now = Standing.searching
    private var followers: [Int: AsyncStream<Standing>.Continuation] = [:]
    private var begun = 0
    private var preciseAsked = false
    private var heardAt = ContinuousClock.now
    private var aging: Task<Void, Never>?

    /// What is told is of now: where nothing comes for so long, the place is searched for.
    private static let stale = Duration.seconds(60)

    /// The purpose in Info.plist for which a precise place is asked where the person allows but a rough one.
    private static let purpose = "Place"

    init(manager: CLLocationManager = CLLocationManager()) {
        self.manager = manager
        super.init()
        manager.delegate = self
        manager.desiredAccuracy = kCLLocationAccuracyBest
        manager.distanceFilter = kCLDistanceFilterNone
        // Who stands still at a door wants more readings, not fewer.
        manager.pausesLocationUpdatesAutomatically = false
    }

    /// Nothing of the kind can be asked here; a made-up position carries its mark.
    var developerOptions: Bool { false }

    func standing() -> AsyncStream<Standing> {
        let (stream, continuation) = AsyncStream<Standing>.makeStream()
        begun += 1
        let me = begun
        continuation.onTermination = { @Sendable [weak self] _ in
            Task { @MainActor in self?.left(me) }
        }
        followers[me] = continuation
        if followers.count == 1 {
            now = .searching
            look()
        }
        continuation.yield(now)
        return stream
    }

    private func left(_ follower: Int) {
        followers[follower] = nil
        if followers.isEmpty { stop() }
    }

    private func stop() {
        aging?.cancel()
        aging = nil
        manager.stopUpdatingLocation()
    }

    private func age() {
        aging?.cancel()
        aging = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                guard let self else { return }
                if now.reading != nil, ContinuousClock.now - heardAt > Self.stale { tell(.searching) }
            }
        }
    }

    private func tell(_ standing: Standing) {
        now = standing
        for follower in followers.values { follower.yield(standing) }
    }

    /// Listens where it is allowed; the screens ask the person.
    private func look() {
        guard !followers.isEmpty else { return }
        guard allowed else {
            stop()
            Task {
                let on = await Self.switchedOn()
                if !allowed { tell(on ? .notAllowed : .switchedOff) }
            }
            return
        }
        if now.reading == nil { tell(.searching) }
        if manager.accuracyAuthorization == .reducedAccuracy, !preciseAsked {
            preciseAsked = true
            manager.requestTemporaryFullAccuracyAuthorization(withPurposeKey: Self.purpose)
        }
        manager.startUpdatingLocation()
        age()
    }

    private var allowed: Bool { [.authorizedAlways, .authorizedWhenInUse].contains(manager.authorizationStatus) }

    /// The system wants this asked away from the main thread.
    private nonisolated static func switchedOn() async -> Bool { CLLocationManager.locationServicesEnabled() }
}

// The system tells these on the thread that the manager was made on: the main one.
extension DeviceLocation: CLLocationManagerDelegate {
    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        MainActor.assumeIsolated { look() }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        let readings = locations.compactMap(Reading.init).filter(\.isPlace)
        MainActor.assumeIsolated {
            guard !followers.isEmpty else { return }
            for reading in readings {
                heardAt = .now
                tell(.here(reading))
            }
        }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        // Nothing found yet: it goes on looking.
        if (error as? CLError)?.code == .locationUnknown { return }
        MainActor.assumeIsolated {
            now = .searching
            look()
        }
    }
}

extension Reading {
    /// The largest radius that is taken for the satellites', metres.
    private static let satellitesM = 20.0
    /// What the system remembers from before is no reading of now.
    private static let oldS = 30.0

    /// None for a reading without an accuracy, which says nothing, and for an old one.
    fileprivate init?(_ location: CLLocation) {
        let age = abs(location.timestamp.timeIntervalSinceNow)
        guard location.horizontalAccuracy > 0, age <= Self.oldS else { return nil }
        let mock = location.sourceInformation?.isSimulatedBySoftware == true
        self.init(
            latitude: location.coordinate.latitude,
            longitude: location.coordinate.longitude,
            accuracyM: Float(location.horizontalAccuracy),
            satellites: !mock && location.horizontalAccuracy <= Self.satellitesM && location.verticalAccuracy > 0,
            mock: mock,
            atMs: Int64(location.timestamp.timeIntervalSince1970 * 1000),
            speedMps: location.speed < 0 ? nil : Float(location.speed)
        )
    }
}
