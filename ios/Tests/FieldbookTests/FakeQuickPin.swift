@testable import Fieldbook

/// A keychain behind a face, as the phone keeps it from process to process.
@MainActor
final class FakeQuickPin: QuickPin {
    var kind: QuickKind? = .face
    /// The person looks at the phone when asked.
    var looks = true
    var kept: String?
    private(set) var asked = 0

    var isKept: Bool { kept != nil }

    func keep(_ pin: String) { kept = pin }

    func ask() async -> String? {
        asked += 1
        await Task.yield()
        return looks ? kept : nil
    }

    func forget() { kept = nil }
}
