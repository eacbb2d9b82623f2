import Fieldbook
import SwiftUI

import struct Fieldbook.Progress

/// Handing in and receiving, by hand.
struct SyncScreen: View {
    let model: SyncModel
    let go: (Place) -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        ScreenPage(say("sync_title"), tab: .sync, go: go) {
            if let trouble = state.trouble ?? state.now.trouble { Notice(trouble.words(say), bad: true) }
            if let safe = state.safe {
                SafeNotice(safe: safe)
                ClockNotice(offsetMs: safe.clockOffsetMs)
            }
            if state.now.running {
                SideButton(say("sync_cancel")) { model.on(.cancel) }
                ProgressCard(progress: state.now.progress)
            } else {
                MainButton(say("sync_start")) { model.on(.start) }
            }
            if let report = state.now.report { ReportNotice(report: report) }
            Small(policy(state.chosen))
            if !state.noticesAllowed {
                PermissionButton(.notices, say("sync_allow_notices"), inSettings: say("sync_allow_notices")) {
                    model.on(.look)
                }
            }
            if let refused = state.safe?.refused, !refused.isEmpty { RefusedCard(refused: refused, go: go) }
            Queue(waiting: state.waiting, types: state.types, go: go)
            if let receipt = state.safe?.receipt { ReceiptCard(receipt: receipt) }
            if !state.runs.isEmpty {
                Heading(say("sync_runs"))
                ForEach(state.runs, id: \.startedMs) { run in RunCard(run: run) }
            }
        }
    }

    /// How sync is done, as it was chosen or set.
    private func policy(_ chosen: Chosen) -> String {
        let background = chosen.backgroundSync ? say("sync_background_on") : say("sync_background_off")
        let photos = chosen.photosOnWifiOnly ? say("sync_photos_wifi") : say("sync_photos_always")
        return "\(background) \(photos)"
    }
}

private struct ProgressCard: View {
    let progress: Progress?
    @Environment(\.say) private var say

    var body: some View {
        Card {
            Text(say(stage))
            if let progress {
                if let total = progress.total, total > 0 {
                    Far(Double(progress.done) / Double(total))
                    Small(say("sync_of", Int(progress.done), Int(total)))
                } else {
                    Small("\(progress.done)")
                }
            }
        }
        .accessibilityAddTraits(.updatesFrequently)
    }

    private var stage: String {
        switch progress?.stage {
        case nil: "sync_starting"
        case .pushing: "sync_pushing"
        case .pulling: "sync_pulling"
        case .repairing: "sync_repairing"
        case .photos: "sync_photos"
        }
    }
}

private struct ReportNotice: View {
    let report: Report
    @Environment(\.say) private var say

    var body: some View {
        Notice(say(words), bad: failed != nil) {
            if let failed { Text(failed.words(say)) }
            Text(say("sync_pushed", Int(report.pushed)))
            Text(say("sync_pulled", Int(report.pulled)))
            if report.refused > 0 { Text(say("sync_refused", Int(report.refused))) }
            if report.photos > 0 { Text(say("sync_photos_done", Int(report.photos))) }
            if report.photosFailed > 0 { Text(say("sync_photos_failed", Int(report.photosFailed))) }
        }
    }

    private var failed: Trouble? {
        if case .failed(let trouble) = report.unfinished { trouble } else { nil }
    }

    private var words: String {
        switch report.unfinished {
        case nil: "sync_done"
        case .cancelled: "sync_cancelled"
        case .held: "sync_held"
        case .failed: "sync_failed"
        }
    }
}

private struct RunCard: View {
    let run: Run
    @Environment(\.say) private var say

    var body: some View {
        let refused = run.refused > 0 ? say("sync_refused", Int(run.refused)) : nil
        let counts = [say("sync_pushed", Int(run.pushed)), say("sync_pulled", Int(run.pulled)), refused]
        Card {
            Text("\(cityTime(run.startedMs)) · \(say(outcome))")
            Small(counts.compactMap { $0 }.joined(separator: " · "))
        }
        .accessibilityElement(children: .combine)
    }

    private var outcome: String {
        switch run.outcome {
        case "finished": "outcome_finished"
        case "cancelled": "outcome_cancelled"
        case "held": "outcome_held"
        case "unreachable": "outcome_unreachable"
        case "busy": "outcome_busy"
        case "server_key_unknown": "outcome_untrusted"
        case "revoked": "outcome_revoked"
        case "garbled": "outcome_garbled"
        case "store": "outcome_store"
        default: "outcome_other"
        }
    }
}
