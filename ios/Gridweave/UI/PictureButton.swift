import PhotosUI
import SwiftUI

/// Lets the person choose a picture of another app, which the app sees alone of all; `picked` gets its bytes, none where
/// they cannot be read.
struct PictureButton: View {
    private let words: String
    private let enabled: Bool
    private let picked: ([UInt8]?) -> Void
    @State private var item: PhotosPickerItem?
    /// It may have to come from far away.
    @State private var reading = false

    init(_ words: String, enabled: Bool = true, picked: @escaping ([UInt8]?) -> Void) {
        self.words = words
        self.enabled = enabled
        self.picked = picked
    }

    var body: some View {
        PhotosPicker(selection: $item, matching: .images) { SideFace(words, enabled: enabled && !reading) }
            .buttonStyle(Pressed())
            .disabled(!enabled || reading)
            .onChange(of: item) {
                if let item { read(item) }
            }
    }

    private func read(_ chosen: PhotosPickerItem) {
        reading = true
        Task {
            let data = try? await chosen.loadTransferable(type: Data.self)
            picked(data.map { [UInt8]($0) })
            reading = false
            item = nil
        }
    }
}
