import Fieldbook
import SwiftUI

/// What the camera sees with a frame for the code; the way out is typing.
struct ScanScreen: View {
    let model: ScanModel
    let back: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        let failed = state.camera.isFailed
        FullPage(say("scan_title"), back: back) {
            if !failed {
                CameraView(attempt: state.attempt, open: { model.open() }) {
                    if state.camera.isReady { Sight() }
                }
            }
            CameraWaits(now: state.camera) { model.on(.again) }
            if !failed {
                Small(say("scan_how"), .white)
                    .padding(EdgeInsets(top: 12, leading: 16, bottom: 12, trailing: 16))
                    .frame(maxWidth: .infinity, alignment: .leading)
                    .background(Color.black.opacity(0.75), in: Rectangle())
            }
        } bottom: {
            SideButton(say("scan_type"), onClick: back)
            if state.camera.hasTorch {
                MainButton(state.torch ? say("scan_torch_off") : say("scan_torch_on")) { model.on(.torch) }
            }
        }
    }
}

/// Where the code is held; all of the picture is looked at.
private struct Sight: View {
    var body: some View {
        GeometryReader { room in
            let side = min(room.size.width, room.size.height) * 0.7
            RoundedRectangle(cornerRadius: 16)
                .strokeBorder(.white, lineWidth: 4)
                .frame(width: side, height: side)
                .frame(maxWidth: .infinity, maxHeight: .infinity)
        }
        .allowsHitTesting(false)
        .accessibilityHidden(true)
    }
}
