import PhotosUI
import SwiftUI

/// Lets the person choose a picture of another app, which the app sees alone of all; `picked` hears of it at once, and waits
/// for its bytes: none where they cannot be read.
struct PictureButton: View {
    private let words: String
    private let enabled: Bool
    private let picked: (Task<[UInt8]?, Never>) -> Void
    @State private var item: PhotosPickerItem?
    /// It may have to come from far away.
    @State private var reading = false

    init(_ words: String, enabled: Bool = true, picked: @escaping (Task<[UInt8]?, Never>) -> Void) {
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
        let bytes = Task<[UInt8]?, Never> {
            let data = try? await chosen.loadTransferable(type: Data.self)
            return data.map { [UInt8]($0) }
        }
        picked(bytes)
        Task {
            _ = await bytes.value
            reading = false
            item = nil
        }
    }
}
