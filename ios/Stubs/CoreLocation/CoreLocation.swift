// A hand-made stand-in for CoreLocation of iOS 17, for the type checker only. It holds what the app uses. What Apple's
// types leave open about threads is left open here, too.
// needs: nothing
@_exported import Foundation

public typealias CLLocationDegrees = Double
public typealias CLLocationDistance = Double
public typealias CLLocationAccuracy = Double
public typealias CLLocationSpeed = Double

public var kCLLocationAccuracyBest: CLLocationAccuracy { -1 }
public var kCLDistanceFilterNone: CLLocationDistance { -1 }

public struct CLLocationCoordinate2D {
    public var latitude: CLLocationDegrees
    public var longitude: CLLocationDegrees
}

open class CLLocationSourceInformation: NSObject {
    open var isSimulatedBySoftware: Bool { false }
    open var isProducedByAccessory: Bool { false }
}

open class CLLocation: NSObject {
    open var coordinate: CLLocationCoordinate2D { fatalError() }
    open var horizontalAccuracy: CLLocationAccuracy { 0 }
    open var verticalAccuracy: CLLocationAccuracy { 0 }
    open var speed: CLLocationSpeed { 0 }
    open var timestamp: Date { fatalError() }
    open var sourceInformation: CLLocationSourceInformation? { nil }
}

public enum CLAuthorizationStatus: Int32, Sendable {
    case notDetermined, restricted, denied, authorizedAlways, authorizedWhenInUse
}

public enum CLAccuracyAuthorization: Int, Sendable { case fullAccuracy, reducedAccuracy }

public struct CLError: Error {
    public enum Code: Int, Sendable { case locationUnknown, denied, network }
    public var code: CLError.Code
}

open class CLLocationManager: NSObject {
    public override init() { super.init() }
    open class func locationServicesEnabled() -> Bool { false }
    weak open var delegate: (any CLLocationManagerDelegate)?
    open var authorizationStatus: CLAuthorizationStatus { .notDetermined }
    open var accuracyAuthorization: CLAccuracyAuthorization { .fullAccuracy }
    open var desiredAccuracy: CLLocationAccuracy = 0
    open var distanceFilter: CLLocationDistance = 0
    open var pausesLocationUpdatesAutomatically = true
    open func requestWhenInUseAuthorization() {}
    open func requestTemporaryFullAccuracyAuthorization(withPurposeKey purposeKey: String) {}
    open func startUpdatingLocation() {}
    open func stopUpdatingLocation() {}
}

/// Its methods may be left out.
public protocol CLLocationManagerDelegate: NSObjectProtocol {
    func locationManagerDidChangeAuthorization(_ manager: CLLocationManager)
    func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation])
    func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error)
}
extension CLLocationManagerDelegate {
    public func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {}
    public func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {}
    public func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {}
}
