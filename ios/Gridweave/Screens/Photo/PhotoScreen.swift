import Fieldbook
import SwiftUI

/// The shutter as wide as a thumb in a glove, points.
private let shutter: CGFloat = 72

/// Takes a picture, then asks whether it is to be used.
struct PhotoScreen: View {
    let model: PhotoModel
    let use: () -> Void
    let back: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        let state = model.state
        FullPage(say("photo_title"), back: back) {
            if let taken = state.taken {
                WholePhoto(taken, load: { await model.photo($0) }, description: say("record_photo"))
            } else if state.camera.isFailed {
                CameraWaits(now: state.camera) { model.on(.again) }
            } else {
                CameraView(attempt: state.attempt, open: { model.open() }) {
                    CameraWaits(now: state.camera) {}
                    if state.camera.hasTorch { Light(on: state.torch) { model.on(.torch) } }
                }
            }
            if let trouble = state.trouble { Notice(trouble.words(say), bad: true).padding(16) }
        } bottom: {
            if state.taken != nil {
                SideButton(say("photo_retake")) { model.on(.retake) }
                MainButton(say("photo_use"), onClick: use)
            } else {
                PictureButton(say("photo_pick"), enabled: !state.busy) { bytes in
                    Task { model.on(.picked(await bytes.value)) }
                }
                MainButton(
                    state.busy ? say("photo_busy") : say("photo_shutter"),
                    enabled: state.camera.isReady && !state.busy,
                    least: shutter
                ) { model.on(.shutter) }
            }
        }
    }
}

/// Over the picture, on ground of its own: to be read over anything.
private struct Light: View {
    let on: Bool
    let toggle: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        SideButton(on ? say("scan_torch_off") : say("scan_torch_on"), wide: false, onClick: toggle)
            .padding(16)
            .frame(maxWidth: .infinity, maxHeight: .infinity, alignment: .topTrailing)
    }
}
