import Fieldbook
import SwiftUI

/// Said where the storage runs low: before pictures are refused, and when they are.
struct RoomNotice: View {
    let freeMib: Int
    @Environment(\.say) private var say

    var body: some View {
        switch roomIn(freeMib: freeMib) {
        case .enough: EmptyView()
        case .low: Notice(say("room_low", freeMib), bad: true)
        case .noneForPhotos: Notice(say("room_no_photos", freeMib), bad: true)
        }
    }
}

/// Said where this device's clock was far from the server's at the last sync; nothing is refused for it.
struct ClockNotice: View {
    let offsetMs: Int64?
    @Environment(\.say) private var say

    var body: some View {
        if let offsetMs, clockMisleads(offsetMs) { Notice(say("clock_wrong", span(offsetMs.magnitude)), bad: true) }
    }

    private func span(_ ms: UInt64) -> String {
        let minutes = Int(ms / 60_000)
        return switch minutes {
        case ..<120: say("span_minutes", minutes)
        case ..<(48 * 60): say("span_hours", minutes / 60)
        default: say("span_days", minutes / (24 * 60))
        }
    }
}
