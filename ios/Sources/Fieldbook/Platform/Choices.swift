import Foundation

public enum Language: String, Sendable, CaseIterable { case system, chinese, english }

/// The colours of the screens.
public enum Appearance: String, Sendable, CaseIterable { case system, light, dark, sunlight }

/// How the app is to look, and how it is to send.
public struct Chosen: Sendable, Hashable {
    public var language = Language.system
    public var look = Appearance.system
    public var textPercent = 100
    /// Sync runs by itself.
    public var backgroundSync = true
    public var photosOnWifiOnly = false
    /// Time, grid, name and accuracy are drawn on new pictures.
    public var watermark = false
    /// A face or finger types the PIN, which is kept on the phone for that.
    public var quickPin = false

    /// What holds where the organisation has set something.
    public func under(_ managed: ManagedSettings) -> Chosen {
        var held = self
        held.language = managed.language ?? language
        held.backgroundSync = managed.backgroundSync ?? backgroundSync
        held.photosOnWifiOnly = managed.photosOnWifiOnly ?? photosOnWifiOnly
        held.watermark = managed.watermark ?? watermark
        held.quickPin = quickPin && managed.quickPin != false
        return held
    }
}

/// What the person chose in the settings.
@MainActor
public protocol Choices: AnyObject {
    var chosen: Chosen { get set }
}

/// Kept in the app's defaults; a word of another version counts as not chosen.
@MainActor
public final class KeptChoices: Choices {
    private let kept: UserDefaults

    public init(_ kept: UserDefaults) { self.kept = kept }

    public var chosen: Chosen {
        get {
            Chosen(
                language: word(Key.language) ?? .system,
                look: word(Key.look) ?? .system,
                textPercent: kept.object(forKey: Key.text) as? Int ?? 100,
                backgroundSync: kept.object(forKey: Key.background) as? Bool ?? true,
                photosOnWifiOnly: kept.bool(forKey: Key.wifi),
                watermark: kept.bool(forKey: Key.watermark),
                quickPin: kept.bool(forKey: Key.quickPin)
            )
        }
        set {
            kept.set(newValue.language.rawValue, forKey: Key.language)
            kept.set(newValue.look.rawValue, forKey: Key.look)
            kept.set(newValue.textPercent, forKey: Key.text)
            kept.set(newValue.backgroundSync, forKey: Key.background)
            kept.set(newValue.photosOnWifiOnly, forKey: Key.wifi)
            kept.set(newValue.watermark, forKey: Key.watermark)
            kept.set(newValue.quickPin, forKey: Key.quickPin)
        }
    }

    private func word<Kind: RawRepresentable>(_ key: String) -> Kind? where Kind.RawValue == String {
        kept.string(forKey: key).flatMap(Kind.init(rawValue:))
    }

    private enum Key {
        static let language = "language"
        static let look = "look"
        static let text = "text_percent"
        static let background = "background_sync"
        static let wifi = "photos_on_wifi_only"
        static let watermark = "watermark"
        static let quickPin = "quick_pin"
    }
}
