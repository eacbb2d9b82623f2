import Fieldbook
import SwiftUI

private let textPercents = [100, 115, 130, 150]

/// Language, look and size of the text, how sync is done, and what the device says of itself.
struct SettingsScreen: View {
    let model: SettingsModel
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("settings_title"), tab: .settings, go: go) {
            look(state)
            Habits(state: state) { model.on(.choose($0)) }
            QuickPinChoice(state: state) { model.on(.choose($0)) }
            SideButton(say("pin_change")) { go(.pin) }
            if state.aside > 0 {
                Heading(say("aside_heading"))
                Small(say("aside_how", state.aside))
                SideButton(say("lost_hand_over"), enabled: !state.packing) { model.on(.handOver) }
            }
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true) }
            RevealedLines(state: state)
            DeviceLines(state: state)
            Small(say("settings_version", state.version))
        }
    }

    @ViewBuilder
    private func look(_ state: SettingsState) -> some View {
        let chosen = state.chosen
        Heading(say("settings_look"))
        Choosing(offered: Appearance.allCases, chosen: chosen.look) {
            say($0.words)
        } choose: {
            choose(chosen, \.look, $0)
        }
        Heading(say("settings_language"))
        if state.managed.language != nil {
            SetByOrganisation(name: say("settings_language"), state: say(chosen.language.words))
        } else {
            Choosing(offered: Language.allCases, chosen: chosen.language) {
                say($0.words)
            } choose: {
                choose(chosen, \.language, $0)
            }
        }
        Heading(say("settings_text"))
        Choosing(offered: textPercents, chosen: chosen.textPercent) {
            say("settings_percent", $0)
        } choose: {
            choose(chosen, \.textPercent, $0)
        }
    }

    private func choose<T>(_ chosen: Chosen, _ what: WritableKeyPath<Chosen, T>, _ now: T) {
        var new = chosen
        new[keyPath: what] = now
        model.on(.choose(new))
    }
}

private struct Choosing<T: Hashable>: View {
    let offered: [T]
    let chosen: T
    let words: (T) -> String
    let choose: (T) -> Void

    var body: some View {
        ForEach(offered, id: \.self) { each in
            ChoiceRow(words(each), chosen: each == chosen) { choose(each) }
        }
    }
}

extension Appearance {
    /// The name of its words.
    fileprivate var words: String {
        switch self {
        case .system: "settings_system"
        case .light: "settings_light"
        case .dark: "settings_dark"
        case .sunlight: "settings_sunlight"
        }
    }
}

extension Language {
    /// The name of its words.
    fileprivate var words: String {
        switch self {
        case .system: "settings_system"
        case .chinese: "settings_chinese"
        case .english: "settings_english"
        }
    }
}
