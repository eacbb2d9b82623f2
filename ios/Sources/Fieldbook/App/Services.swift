import Foundation

/// What the device offers beside the field book; there before it is open.
@MainActor
public final class Services {
    public let camera: any Camera
    public let recorder: any Recorder
    public let managed: any Managed
    public let choices: any Choices
    public let device: any DeviceState
    public let jobs: any SyncJobs
    public let notices: any Notices
    public let pictures: any Pictures
    public let location: any Location
    public let quickPin: any QuickPin

    /// Reads a code off a frame of the camera; none where there is none.
    let decode: @Sendable (Frame) -> String?

    /// Offers files to other apps.
    let share: ([URL]) -> Void

    public init(
        camera: any Camera,
        recorder: any Recorder,
        managed: any Managed,
        choices: any Choices,
        device: any DeviceState,
        jobs: any SyncJobs,
        notices: any Notices,
        pictures: any Pictures,
        location: any Location,
        quickPin: any QuickPin,
        share: @escaping ([URL]) -> Void,
        decode: @escaping @Sendable (Frame) -> String? = scan
    ) {
        self.camera = camera
        self.recorder = recorder
        self.managed = managed
        self.choices = choices
        self.device = device
        self.jobs = jobs
        self.notices = notices
        self.pictures = pictures
        self.location = location
        self.quickPin = quickPin
        self.share = share
        self.decode = decode
    }

    /// What holds now: the person's choice, under what the organisation sets.
    public var chosen: Chosen { choices.chosen.under(managed.now) }

    /// Keeps what the person chose; what the organisation sets stays as it was chosen before.
    public func choose(_ new: Chosen) {
        let own = choices.chosen
        let set = managed.now
        var kept = new
        if set.language != nil { kept.language = own.language }
        if set.backgroundSync != nil { kept.backgroundSync = own.backgroundSync }
        if set.photosOnWifiOnly != nil { kept.photosOnWifiOnly = own.photosOnWifiOnly }
        if set.watermark != nil { kept.watermark = own.watermark }
        if set.quickPin == false { kept.quickPin = own.quickPin }
        choices.chosen = kept
        jobs.arm(chosen)
        forgetUnlessChosen()
    }

    /// Keeps no PIN that is not to be kept.
    func forgetUnlessChosen() { if !chosen.quickPin { quickPin.forget() } }

    /// Whether photos may be sent over the network that is there.
    var photosNow: Bool { !chosen.photosOnWifiOnly || device.unmetered }
}
