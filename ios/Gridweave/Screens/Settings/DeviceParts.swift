import Fieldbook
import SwiftUI

/// How sync and photos are done. What the organisation sets is told and cannot be changed.
struct Habits: View {
    let state: SettingsState
    let choose: (Chosen) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let managed = state.managed
        Heading(say("settings_sync"))
        row(say("settings_background"), \.backgroundSync, set: managed.backgroundSync)
        row(say("settings_wifi"), \.photosOnWifiOnly, set: managed.photosOnWifiOnly)
        Heading(say("settings_photos"))
        row(say("settings_watermark"), \.watermark, set: managed.watermark)
    }

    private func row(_ name: String, _ what: WritableKeyPath<Chosen, Bool>, set: Bool?) -> some View {
        OnOff(name: name, on: state.chosen[keyPath: what], managed: set != nil) {
            var new = state.chosen
            new[keyPath: what] = $0
            choose(new)
        }
    }
}

/// Whether a face or finger types the PIN, where the device knows one.
struct QuickPinChoice: View {
    let state: SettingsState
    let choose: (Chosen) -> Void
    @Environment(\.say) private var say

    var body: some View {
        if let kind = state.quick {
            Heading(say("settings_quick_pin"))
            OnOff(name: say(kind.choice), on: state.chosen.quickPin, managed: state.managed.quickPin == false) {
                var new = state.chosen
                new.quickPin = $0
                choose(new)
            }
            Small(say("settings_quick_pin_how"))
        }
    }
}

extension QuickKind {
    /// The name of its words.
    fileprivate var choice: String {
        switch self {
        case .face: "settings_quick_pin_face"
        case .touch: "settings_quick_pin_touch"
        }
    }
}

/// What was shown whole on this device, and why: the worker sees what a supervisor may ask about.
struct RevealedLines: View {
    let state: SettingsState
    @Environment(\.say) private var say

    var body: some View {
        Heading(say("reveal_log"))
        if state.revealed.isEmpty { Small(say("reveal_log_none")) }
        ForEach(state.revealed.indices, id: \.self) { at in Small(line(state.revealed[at])) }
    }

    private func line(_ shown: Revealed) -> String {
        let name = state.types[shown.type].fieldName(shown.field, say)
        let why = shown.reason.map { say($0.words) }
        return [cityTime(shown.atMs), name, why].compactMap { $0 }.joined(separator: " · ")
    }
}

/// What the device says of itself, to look at and to send.
struct DeviceLines: View {
    let state: SettingsState
    @Environment(\.say) private var say

    var body: some View {
        Heading(say("settings_device"))
        if let health = state.health {
            RoomNotice(freeMib: health.storageFreeMib)
            Small(line(health))
        }
        if let diagnostics = state.diagnostics {
            Heading(say("settings_diagnostics"))
            Small(say("settings_diagnostics_how"))
            ShareLink(item: diagnostics) { SideFace(say("settings_share")) }
                .buttonStyle(Pressed())
            Card { Small(diagnostics.trimmingCharacters(in: .whitespacesAndNewlines)) }
                .accessibilityIdentifier("diagnostics")
        }
    }

    private func line(_ health: Health) -> String {
        let battery = health.battery.map { say("settings_battery", $0) }
        return [say("settings_storage", health.storageFreeMib), battery].compactMap { $0 }.joined(separator: " · ")
    }
}

private struct OnOff: View {
    let name: String
    let on: Bool
    let managed: Bool
    let choose: (Bool) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = on ? say("settings_on") : say("settings_off")
        if managed {
            SetByOrganisation(name: name, state: state)
        } else {
            ChoiceRow("\(name)：\(state)", chosen: on, toggles: true) { choose(!on) }
        }
    }
}

/// What the organisation set.
struct SetByOrganisation: View {
    let name: String
    let state: String
    @Environment(\.say) private var say

    var body: some View {
        Card {
            Text("\(name)：\(state)")
            Small(say("settings_managed"))
        }
        .accessibilityElement(children: .combine)
    }
}
