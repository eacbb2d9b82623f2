/// When sync runs by itself: now and then with a network, soon after a save, and for photos as soon as there is a network
/// that costs nothing. The system decides the moment.
@MainActor
public protocol SyncJobs: AnyObject {
    /// Sets the standing job as `chosen` has it. Called when the app starts and when the choice changes.
    func arm(_ chosen: Chosen)

    /// Something was saved: hand it in as soon as the system allows.
    func soon(_ chosen: Chosen)

    /// Photos wait for a network that costs nothing.
    func photosOnWifi(_ chosen: Chosen)
}
