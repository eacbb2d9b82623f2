// A hand-made stand-in for PhotosUI of iOS 17, for the type checker only. It holds what the app uses.
@_exported import Foundation
import SwiftUI

public struct PHPickerFilter: Sendable, Equatable, Hashable {
    public static var images: PHPickerFilter { PHPickerFilter() }
}

public struct PhotosPickerItem: Equatable, Hashable, Sendable {
    public var itemIdentifier: String? { nil }
    public func loadTransferable<T: Transferable>(type: T.Type) async throws -> T? { nil }

    public struct EncodingDisambiguationPolicy: Sendable, Equatable, Hashable {
        public static var automatic: EncodingDisambiguationPolicy { EncodingDisambiguationPolicy() }
        public static var compatible: EncodingDisambiguationPolicy { EncodingDisambiguationPolicy() }
        public static var current: EncodingDisambiguationPolicy { EncodingDisambiguationPolicy() }
    }
}

public struct PhotosPicker<Label: View>: Drawn {
    public init(
        selection: Binding<PhotosPickerItem?>,
        matching filter: PHPickerFilter? = nil,
        preferredItemEncoding: PhotosPickerItem.EncodingDisambiguationPolicy = .automatic,
        @ViewBuilder label: () -> Label
    ) {}
}

extension View {
    public func photosPicker(
        isPresented: Binding<Bool>,
        selection: Binding<PhotosPickerItem?>,
        matching filter: PHPickerFilter? = nil,
        preferredItemEncoding: PhotosPickerItem.EncodingDisambiguationPolicy = .automatic
    ) -> some View { self }
}
