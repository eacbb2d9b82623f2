import Fieldbook
import SwiftUI

/// Whether the place is known, and how well; what is missing can be mended from here.
struct PlaceLine: View {
    let standing: Standing
    let developerOptions: Bool
    let asked: () -> Void
    @Environment(\.colors) private var colors
    @Environment(\.openURL) private var openURL
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            switch standing {
            case .searching: Small(say("place_searching"))
            case .switchedOff:
                Small(say("place_off"), colors.error)
                SideButton(say("place_open_settings")) {
                    if let page = URL(string: UIApplication.openSettingsURLString) { openURL(page) }
                }
            case .notAllowed:
                Small(say("place_not_allowed"), colors.error)
                PermissionButton(
                    .location,
                    say("place_allow"),
                    inSettings: say("place_allow_settings"),
                    granted: asked
                )
            case .here(let reading): Small(words(reading))
            }
        }
        // Whatever was switched on in the system's settings holds when the person is back.
        .onResume {
            if standing == .notAllowed || standing == .switchedOff { asked() }
        }
    }

    private func words(_ reading: Reading) -> String {
        let accuracy = metres(Int((reading.accuracyM * 10).rounded()))
        let notes = [
            say("place_here", accuracy),
            reading.mock ? say("place_mock") : nil,
            developerOptions ? say("place_developer") : nil,
        ]
        return notes.compactMap { $0 }.joined(separator: " · ")
    }
}

/// A point: how well the place is known so far, and the button that takes it, also before it is good enough.
struct PointMeans: View {
    let question: Question
    let key: FieldKey
    let state: FormState
    let on: (FormEvent) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        if case .point(let latE7, let lonE7) = question.value {
            Small(say("form_point_taken", "\(Double(latE7) / 1e7), \(Double(lonE7) / 1e7)"))
            if let taken = state.taken[key] { accuracy(taken) }
        }
        if let meter = state.meter { measured(meter) }
        if state.meter != nil, !reached {
            SideButton(say("meter_take_early")) { on(.takePlace(key)) }
        } else {
            MainButton(say("form_point_take"), enabled: state.meter != nil) { on(.takePlace(key)) }
        }
    }

    /// The readings so far are as accurate as is wanted.
    private var reached: Bool {
        guard let meter = state.meter else { return false }
        return question.accuracyM.map { meter.fix.accuracyDm <= $0 * 10 } ?? true
    }

    /// Of the point that was taken.
    @ViewBuilder
    private func accuracy(_ takenDm: Int) -> some View {
        if let wanted = question.accuracyM, takenDm > wanted * 10 {
            Small(say("meter_taken_early", metres(takenDm), wanted), colors.error)
        } else {
            Small(say("meter_taken", metres(takenDm)))
        }
    }

    @ViewBuilder
    private func measured(_ meter: Average) -> some View {
        let now = say("meter_now", meter.used, metres(meter.fix.accuracyDm))
        let wanted = question.accuracyM.map { say("meter_wanted", $0) }
        Small([now, wanted].compactMap { $0 }.joined(separator: " · ")).accessibilityAddTraits(.updatesFrequently)
        if let wanted = question.accuracyM {
            Far(Double(wanted * 10) / Double(max(meter.fix.accuracyDm, 1))).accessibilityHidden(true)
            Small(reached ? say("meter_reached") : say("meter_wait"))
        }
    }
}
