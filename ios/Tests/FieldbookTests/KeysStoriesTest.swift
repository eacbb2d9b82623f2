import Foundation
import Testing

@testable import Fieldbook

extension Stories {
    /// PIN, lock, and what becomes of the work on a phone that does not open any more.
    @Suite(.serialized)
    @MainActor
    struct KeysStoriesTest {
        /// An enrolled phone with a hazard that was not sent yet.
        private func used(_ hands: Hands) async throws -> String {
            try await hands.enrol("王小明")
            hands.location.found()
            return try await hands.hazard("深汕路一号", photo: Jpeg.picture())
        }

        @Test("the PIN is asked after the process died, and then everything is as it was")
        func pin() async throws {
            try await story { hands in
                let record = try await used(hands)
                try await hands.die(unlock: false)
                _ = try await hands.asksPin
                #expect(!hands.shown.contains("深汕路"), "nothing shows before")
                #expect(await hands.app.openForSync() == nil, "sync waits")
                try await hands.typePin("314159")
                var model = try await hands.asksPin
                try await hands.sees("it was wrong") { model.state.trouble?.code == "wrong_pin" }
                try await hands.sees("nine are left") { model.state.triesLeft == 9 }
                try await hands.die(unlock: false)
                model = try await hands.asksPin
                try await hands.sees("nine are left") { model.state.triesLeft == 9 }
                try await hands.typePin()
                try await hands.seesRecord(of: "深汕路一号")
                #expect(try await hands.only("深汕路") == record)
            }
        }

        @Test("a PIN is chosen twice alike and not a simple one")
        func choice() async throws {
            try await story { hands in
                let enrol = try await hands.enrolling
                enrol.on(.typed(try await City.worker("安")))
                enrol.on(.send)
                let model = try await hands.asksPin
                #expect(model.state.task == .set && model.state.step == .new)
                try await hands.typePin("123456")
                try await hands.typePin("123456")
                try await hands.sees("it is unfit") { model.state.trouble?.code == "pin_unfit" }
                try await hands.typePin("271828")
                try await hands.typePin("271829")
                try await hands.sees("they differed") { model.state.differed }
                try await hands.choosePin()
                try await hands.seesNeverPulled()
                hands.go(.settings)
                _ = try await hands.settings
                hands.go(.pin)
                let change = try await hands.asksPin
                #expect(change.state.task == .change && change.state.step == .current)
                for pin in [Hands.pin, "314159", "314159"] { try await hands.typePin(pin) }
                _ = try await hands.settings
                try await hands.die(unlock: false)
                try await hands.typePin("314159")
                _ = try await hands.settings
            }
        }

        @Test("after five minutes out of sight the screens are shut and sync goes on")
        func lock() async throws {
            try await story { hands in
                _ = try await used(hands)
                hands.leave(for: .seconds(4 * 60))
                _ = try await hands.record
                hands.leave(for: .seconds(6 * 60))
                _ = try await hands.asksPin
                #expect(!hands.shown.contains("深汕路"))
                let parts = try #require(await hands.app.openForSync())
                parts.sync.start()
                try await hands.sees("the end of sync") { parts.sync.now.value.report != nil }
                #expect(try await parts.book.safe().isSealed)
                try await hands.typePin()
                let page = try await hands.record
                try await hands.sees("received") { page.state.page?.custody == .received }
            }
        }

        @Test("a forgotten PIN leaves it to the organisation, which gets everything")
        func forgotten() async throws {
            try await story { hands in
                let record = try await used(hands)
                try await hands.die(unlock: false)
                let model = try await hands.asksPin
                for left in (5...9).reversed() {
                    try await hands.typePin("314159")
                    try await hands.sees("\(left) are left") { model.state.triesLeft == left }
                }
                try await hands.sees("it waits") { model.state.waitS > 0 && !model.state.mayGoOn }
                guard case .locked(let waitMs, _) = try await hands.app.keys.state() else {
                    Issue.record("it is locked")
                    return
                }
                #expect((1...30_000).contains(waitMs), "the wait is kept")
                hands.root.forgot(true)
                let lost = try await hands.lost
                #expect(lost.state.code == "pin_forgotten")
                try await handOverAndBeginAnew(hands, record)
            }
        }

        @Test("a PIN that comes back to mind after the hand over opens everything again")
        func remembered() async throws {
            try await story { hands in
                _ = try await used(hands)
                hands.leave(for: .seconds(6 * 60))
                _ = try await hands.asksPin
                hands.root.forgot(true)
                try await hands.lost.on(.handOver)
                try await hands.sees("the file to share") { hands.offered.count == 1 }
                hands.back()
                try await hands.typePin()
                try await hands.seesRecord(of: "深汕路一号")
                hands.back()
                try await hands.syncUntilSealed()
            }
        }

        @Test("a key store that lost its key loses nothing")
        func keychain() async throws {
            try await story { hands in
                let record = try await used(hands)
                hands.key.lost = true
                try await hands.die(unlock: false)
                let lost = try await hands.lost
                #expect(lost.state.code == "device_key_lost")
                try await handOverAndBeginAnew(hands, record)
            }
        }

        @Test("keys damaged in one copy open, in both are told")
        func damaged() async throws {
            try await story { hands in
                _ = try await used(hands)
                let copies = ["fieldbook.keys", "fieldbook-copy.keys"].map(hands.folder.appendingPathComponent)
                let whole = try Data(contentsOf: copies[0])
                try whole.prefix(20).write(to: copies[0])
                try await hands.die()
                try await hands.seesRecord(of: "深汕路一号")
                #expect(try Data(contentsOf: copies[0]) == whole, "mended")
                for copy in copies { try Data(count: 3).write(to: copy) }
                try await hands.die(unlock: false)
                #expect(try await hands.lost.state.code == "keys_damaged")
                let database = hands.folder.appendingPathComponent("fieldbook.db")
                #expect(FileManager.default.fileExists(atPath: database.path))
                // Somebody put a copy back.
                try whole.write(to: copies[1])
                try await hands.die()
                try await hands.seesRecord(of: "深汕路一号")
            }
        }

        /// The sealed file reaches the supervisor, the organisation hands it in, and the worker goes on with a new book.
        private func handOverAndBeginAnew(_ hands: Hands, _ record: String) async throws {
            let lost = try await hands.lost
            for _ in 1...2 { lost.on(.handOver) }
            let salvaged = try await hands.seen("the file to share") { hands.offered.last?.first }
            #expect(hands.offered.map(\.count) == [1] && lost.state.packing == nil)
            let files = try everyFile(of: salvaged)
            #expect(!files.isEmpty)
            for word in ["王小明", "深汕路", "楼道堆放杂物"] {
                #expect(files.allSatisfy { $0.range(of: Data(word.utf8)) == nil }, "sealed: \(word)")
            }
            try await City.rescue(salvaged)

            lost.on(.anew)
            #expect(lost.state.sure)
            for _ in 1...2 { lost.on(.anewReally) }
            _ = try await hands.enrolling
            #expect(aside(hands.folder).count == 1)
            hands.key.lost = false
            try await hands.enrol("王小明")
            hands.go(.find)
            let find = try await hands.finding
            find.on(.typed("深汕路"))
            let row = try await hands.seen("the record") { find.state.hits?.rows.first }
            #expect(row.title.zh.contains("深汕路一号"))
            hands.go(.record(row.record))
            _ = try await hands.record
            #expect(try await hands.only("深汕路") == record)

            // The old one can still be handed over.
            hands.back()
            hands.go(.settings)
            let settings = try await hands.settings
            try await hands.sees("one was set aside") { settings.state.aside == 1 }
            settings.on(.handOver)
            try await hands.sees("the file to share") { hands.offered.count == 2 }
            #expect(hands.offered.last?.count == 1)
        }

        private func everyFile(of folder: URL) throws -> [Data] {
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            let files = names.map(folder.appendingPathComponent).filter { url in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
            }
            return try files.map { try Data(contentsOf: $0) }
        }
    }
}
