import Fieldbook
import SwiftUI

/// A sound: recorded, heard again, recorded anew.
struct AudioMeans: View {
    let question: Question
    let key: FieldKey
    let state: FormState
    let on: (FormEvent) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        if state.recording == key {
            Running(question: question, on: on)
        } else {
            if state.recorderTrouble != nil { Small(say("audio_broken"), colors.error) }
            if state.recorderTrouble == .notAllowed {
                // Who comes back from the settings is not recorded before pressing.
                PermissionButton(
                    .microphone,
                    say("audio_allow"),
                    inSettings: say("audio_allow_settings"),
                    there: false,
                    granted: { on(.record(key)) }
                )
            } else {
                idle
            }
        }
    }

    @ViewBuilder
    private var idle: some View {
        if isThere {
            Text(say("audio_there"))
            if state.playing == key {
                SideButton(say("audio_silence")) { on(.play(nil)) }
            } else {
                SideButton(say("audio_play")) { on(.play(key)) }
            }
            Cleared(key: key, on: on)
        }
        MainButton(isThere ? say("audio_again") : say("audio_record"), enabled: state.recording == nil) {
            on(.record(key))
        }
    }

    private var isThere: Bool {
        if case .photo = question.value { true } else { false }
    }
}

/// It ends when the question leaves the eyes: nobody is recorded unawares.
private struct Running: View {
    let question: Question
    let on: (FormEvent) -> Void
    @State private var seconds = 0
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            Text(say("audio_running", clock, recordingLongestS / 60))
                .font(typography.titleMedium)
                .monospacedDigit()
                .accessibilityAddTraits(.updatesFrequently)
                .accessibilityIdentifier("recording \(question.item)")
            MainButton(say("audio_end")) { on(.recordingEnded) }
        }
        .task {
            while seconds < recordingLongestS {
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                seconds += 1
            }
        }
        .onDisappear { on(.recordingEnded) }
    }

    private var clock: String { String(format: "%d:%02d", seconds / 60, seconds % 60) }
}
