/// Where the device is.
@MainActor
public protocol Location: AnyObject {
    /// What is known of the place, from now on and while it is listened to.
    func standing() -> AsyncStream<Standing>

    /// Positions can be made up on this device without a mark.
    var developerOptions: Bool { get }
}

/// What is known of the place.
public enum Standing: Sendable, Hashable {
    case notAllowed
    case switchedOff
    case searching
    case here(Reading)

    public var reading: Reading? {
        if case .here(let reading) = self { reading } else { nil }
    }
}

/// One reading of the receiver, as it gave it.
public struct Reading: Sendable, Hashable {
    public var latitude: Double
    public var longitude: Double
    public var accuracyM: Float
    public var satellites: Bool
    public var mock: Bool
    /// When, by the device's wall clock, which may be wrong.
    public var atMs: Int64
    /// Metres a second, where it is known.
    public var speedMps: Float?

    public init(
        latitude: Double,
        longitude: Double,
        accuracyM: Float,
        satellites: Bool,
        mock: Bool,
        atMs: Int64,
        speedMps: Float? = nil
    ) {
        self.latitude = latitude
        self.longitude = longitude
        self.accuracyM = accuracyM
        self.satellites = satellites
        self.mock = mock
        self.atMs = atMs
        self.speedMps = speedMps
    }
}

extension Reading {
    /// Whether its numbers are those of a place: a receiver may give any.
    public var isPlace: Bool {
        abs(latitude) <= 90 && abs(longitude) <= 180 && accuracyM >= 0 && accuracyM < 1_000_000
    }
}
