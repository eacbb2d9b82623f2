// A hand-made stand-in for UniformTypeIdentifiers of iOS 17, for the type checker only. It holds what the app uses.
// needs: nothing
@_exported import Foundation

public struct UTType: Hashable, Sendable {
    public static var jpeg: UTType { UTType(identifier: "public.jpeg") }
    public let identifier: String
}
