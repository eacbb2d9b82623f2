import Foundation

/// What the organisation's management of devices sets; none where it leaves the choice to the person.
public struct ManagedSettings: Sendable, Hashable {
    /// Fills the enrolment screen.
    public var enrolmentCode: String?
    public var language: Language?
    public var photosOnWifiOnly: Bool?
    public var backgroundSync: Bool?
    public var watermark: Bool?
    /// Off forbids that a face or finger types the PIN; else it is the person's own choice, which none makes for her.
    public var quickPin: Bool?
}

extension ManagedSettings {
    /// As the managed app configuration names them; a word of another kind counts as not set.
    public init(_ set: [String: Any]) {
        func text(_ name: String) -> String? {
            let trimmed = (set[name] as? String)?.trimmingCharacters(in: .whitespacesAndNewlines)
            return trimmed?.isEmpty == false ? trimmed : nil
        }
        func choice(_ name: String) -> Bool? {
            switch text(name) {
            case "on": true
            case "off": false
            default: nil
            }
        }
        enrolmentCode = text("enrolment_code")
        language =
            switch text("language") {
            case "zh": .chinese
            case "en": .english
            default: nil
            }
        photosOnWifiOnly = choice("photos_on_wifi_only")
        backgroundSync = choice("background_sync")
        watermark = choice("watermark")
        quickPin = choice("quick_pin")
    }
}

/// The organisation's settings.
@MainActor
public protocol Managed: AnyObject {
    var now: ManagedSettings { get }

    /// What is set, from now on.
    func settings() -> AsyncStream<ManagedSettings>
}
