import Foundation
import Testing

@testable import Fieldbook

/// The stories take turns: each has a city of its own, and a server process.
@Suite(.serialized)
enum Stories {}

/// The real app in a worker's hands, its real core, and the real server of a city of its own. `before` hears where the
/// field book will lie; `after` comes in any case.
@MainActor
func story(
    before: (URL) async throws -> Void = { _ in },
    after: () async -> Void = {},
    _ tell: (Hands) async throws -> Void
) async throws {
    let place = try temporaryFolder("gridweave-phone")
    let told = await outcome {
        try await before(Hands.fieldbook(place))
        let hands = try Hands(place)
        await hands.open()
        let told = await outcome { try await tell(hands) }
        let closed = await outcome { try await hands.close() }
        try told.get()
        try closed.get()
    }
    let left = await outcome { try await City.leave() }
    await after()
    try? FileManager.default.removeItem(at: place)
    try told.get()
    try left.get()
}

/// What came of it; what else is to be done is done first.
@MainActor
private func outcome(_ what: () async throws -> Void) async -> Result<Void, any Error> {
    do {
        return .success(try await what())
    } catch {
        return .failure(error)
    }
}

extension Hands {
    /// Both write into one record without having heard of the other; the second to hand in is these hands.
    func dispute(_ record: String, _ bai: Colleague) async throws {
        try await bai.edit(record, "description", "井盖松动")
        try await bai.sync()
        try await edit(record, "description", "井盖缺失")
        try await sync()
    }
}
