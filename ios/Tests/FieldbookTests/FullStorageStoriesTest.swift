import Foundation
import Testing

@testable import Fieldbook

extension Stories {
    /// The storage has no byte left while a form is filled in: the person reads what to do, and nothing typed is gone.
    @Suite(.serialized)
    @MainActor
    struct FullStorageStoriesTest {
        private func fillUp(_ storage: FullStorage, _ hands: Hands, _ record: String) async throws {
            try storage.fill()
            // The journal has room of its own for a few more.
            for number in 1...500 {
                do {
                    try await hands.edit(record, "description", "\(number)" + String(repeating: "很长", count: 90))
                } catch let full as Trouble {
                    #expect(full.code == "storage_full")
                    return try storage.fill()
                }
            }
            Issue.record("the storage is never full")
        }

        private func onFirstPage(_ hands: Hands) async throws {
            try await hands.previousPage()
            _ = try await hands.question("organisation_code")
            try await hands.previousPage()
            _ = try await hands.question("place")
        }

        private func onLastPage(_ hands: Hands) async throws {
            try await hands.nextPage()
            _ = try await hands.question("organisation_code")
            try await hands.nextPage()
            _ = try await hands.question("settled_at_once")
        }

        @Test("what is typed stays, what to do is said, and it is saved once there is room")
        func full() async throws {
            var storage: FullStorage?
            let mount: (URL) async throws -> Void = { storage = try await FullStorage($0) }
            let unmount = { if let storage { await storage.close() } }
            try await story(before: mount, after: unmount) { hands in
                if let storage { try await tell(hands, storage) }
            }
        }

        private func tell(_ hands: Hands, _ storage: FullStorage) async throws {
            try await hands.enrol()
            hands.location.found()
            let first = try await hands.hazard("先存下的路", photo: Jpeg.picture())
            hands.back()
            try await hands.fillHazard("打字打到一半")
            try await hands.seesKept()
            try await fillUp(storage, hands, first)

            var model = try await hands.form
            model.on(.save(grid: nil))
            try await hands.seesTrouble("storage_full")
            try await hands.sees("settled_at_once") { $0.value == .truth(false) }
            try await onFirstPage(hands)
            try await hands.says("place", "打字打到一半")
            try await hands.answer("place", "打字打到一半，还在打")
            try await hands.sees("it is not kept") { model.state.unkeptBecause?.code == "storage_full" }
            #expect(!model.state.isKept, "nothing is called kept that is not")
            try await hands.says("place", "打字打到一半，还在打")

            // The process ends. A PIN's try that cannot be counted is not made.
            try await hands.die(unlock: false)
            try await hands.typePin()
            let pin = try await hands.asksPin
            try await hands.sees("the storage is full") { pin.state.trouble?.code == "storage_full" }
            try storage.makeRoom()
            try await hands.typePin()
            hands.location.found()
            try await hands.says("place", "打字打到一半")
            try await hands.answer("place", "打完了的路")
            try await hands.seesKept()
            model = try await hands.form
            #expect(model.state.unkeptBecause == nil)
            try await onLastPage(hands)
            try await hands.save()
            #expect(try await hands.book.find("打完了的路").rows.count == 1)
            #expect(try await hands.book.drafts().isEmpty)
            hands.back()
            try await hands.syncUntilSealed()
            let page = try await hands.book.page(first)
            #expect(page.custody == .received && page.photos.map(\.received) == [true])
        }
    }
}
