/// How the device is doing at one moment; `battery` in percent.
public struct Health: Sendable, Hashable {
    public let network: String
    public let battery: Int?
    public let storageFreeMib: Int

    public init(network: String, battery: Int?, storageFreeMib: Int) {
        self.network = network
        self.battery = battery
        self.storageFreeMib = storageFreeMib
    }
}

/// How the device is doing.
@MainActor
public protocol DeviceState: AnyObject {
    /// `wifi`, `cell`, `wired` or `none`.
    var network: String { get }

    /// The network costs nothing by the byte.
    var unmetered: Bool { get }

    /// Battery, percent, where it is known.
    var battery: Int? { get }

    /// Free storage, mebibytes.
    var storageFreeMib: Int { get }

    /// What this is, for the supervisor.
    var name: String { get }

    /// How it is doing, from now on: each change of network, battery or storage.
    func health() -> AsyncStream<Health>
}

extension DeviceState {
    /// How it is doing now.
    public var healthNow: Health { Health(network: network, battery: battery, storageFreeMib: storageFreeMib) }
}
