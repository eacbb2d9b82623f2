import Foundation
import Testing

@testable import Fieldbook

extension Stories {
    /// What the device offers, in the hands of a worker: with the real core and a real server. What the system itself
    /// asks, allows and shows has no part here.
    @Suite(.serialized)
    @MainActor
    struct PlatformStoriesTest {
        private func openCamera(_ hands: Hands) async throws -> PhotoModel {
            try await hands.begin("问题隐患")
            try await hands.form.on(.photograph(hands.key("photos")))
            return try await hands.photographing
        }

        private func lit(_ hands: Hands, _ camera: @MainActor () -> CameraNow) async throws {
            try await hands.sees("the camera") { camera() == .ready(torch: true) }
        }

        /// The draft's photos, once there is a draft.
        private func kept(_ hands: Hands) async throws -> [String] {
            let draft = try await hands.seen("the draft") { try await hands.book.drafts().first }
            let look = try await hands.book.resumeDraft(draft.id).look(nil)
            return look.questions.first { $0.item == "photos" }?.photos ?? []
        }

        @Test("a device is enrolled by the code that it sees")
        func code() async throws {
            try await story { hands in
                _ = try await hands.enrolling
                hands.root.scan(true)
                let scan = try await hands.scanning
                try await lit(hands) { scan.state.camera }
                scan.on(.torch)
                #expect(scan.state.torch && hands.camera.light)
                let (code, picture): (String, Modules) = try await City.worker("安")
                try await hands.camera.shows(nil)
                try await hands.camera.shows(picture)
                let model = try await hands.enrolling
                #expect(model.state.code == code)
                #expect(hands.camera.open == 0, "nobody keeps the camera")
                model.on(.send)
                try await hands.choosePin()
                try await hands.seesNeverPulled()
            }
        }

        @Test("a photo is taken, outlives the process before it is used, and arrives")
        func photo() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                var model = try await openCamera(hands)
                try await lit(hands) { model.state.camera }
                model.on(.torch)
                #expect(model.state.torch && hands.camera.light)
                let jpeg = Jpeg.picture()
                hands.camera.points(at: jpeg)
                try await hands.shoot()

                try await hands.die()
                model = try await hands.photographing
                #expect(model.state.taken != nil)
                model.on(.retake)
                try await hands.shoot()
                hands.root.use(model)
                try await hands.sees("photos") { $0.photos.count == 1 }
                #expect(hands.camera.open == 0)
                let kept = try await kept(hands)
                #expect(kept.count == 1)
                let bytes = try await hands.book.photo(try #require(kept.first))
                #expect(bytes == jpeg, "a picture that needs nothing is kept as it is")
            }
        }

        /// That the picture is small, upright and marked is for the system's own tests: there is no codec here. The lines of
        /// the mark and the picture's bytes reach the pictures, and what these answer is kept.
        @Test("a photo is made small, turned upright and marked as the settings say")
        func mark() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                hands.go(.settings)
                let settings = try await hands.settings
                #expect(!settings.state.chosen.watermark)
                var marked = settings.state.chosen
                marked.watermark = true
                settings.on(.choose(marked))
                let model = try await openCamera(hands)
                let big = Jpeg.heavy(1)
                hands.camera.points(at: big)
                await hands.pictures.answer(Jpeg.prepared)
                try await hands.shoot()
                hands.root.use(model)
                try await hands.sees("photos") { $0.photos.count == 1 }
                let hash = try #require(try await kept(hands).first)
                #expect(try await hands.book.photo(hash) == Jpeg.prepared)
                #expect(isBare(Jpeg.prepared))
                let asked = try #require(await hands.pictures.asked.last)
                #expect(asked.bytes == big)
                try #require(asked.mark.count == 2)
                let today = cityTime(wallMs()).before(" ")
                #expect(asked.mark[0].hasPrefix(today) && asked.mark[0].hasSuffix(" · 六联一网格"))
                #expect(asked.mark[1].hasPrefix("安1 · 22.69100, 114.34700 ±4.5 m"), "\(asked.mark)")
            }
        }

        @Test("a picture whose app breaks off is no picture, and the form goes on")
        func brokenOff() async throws {
            try await story { hands in
                try await hands.enrol()
                try await hands.begin("问题隐患")
                try await hands.choose("category", "消防隐患")
                try await hands.form.on(.photoAdded(hands.key("photos"), Task { nil }))
                try await hands.seesTrouble("no_picture")
                try await hands.choose("level", "一般")
                try await hands.seesKept()
                try await hands.form.on(.photograph(hands.key("photos")))
                let photo = try await hands.photographing
                photo.on(.picked(nil))
                try await hands.sees("it is no picture") {
                    photo.state.trouble?.code == "no_picture" && !photo.state.busy
                }
            }
        }

        @Test("a rescue file for which there is no room says so and takes none")
        func noRoomToPack() async throws {
            try await story { hands in
                try await hands.enrol()
                let aside = hands.folder.deletingLastPathComponent().appendingPathComponent("fieldbook.aside-1-0")
                try FileManager.default.createDirectory(at: aside, withIntermediateDirectories: true)
                hands.storage.refused = POSIXError(.ENOSPC)
                hands.go(.settings)
                let settings = try await hands.settings
                try await hands.sees("one was set aside") { settings.state.aside == 1 }
                settings.on(.handOver)
                try await hands.sees("there is no room") { settings.state.trouble?.code == "storage_full" }
                #expect(hands.offered.isEmpty && !settings.state.packing)
                #expect(!FileManager.default.fileExists(atPath: hands.packed.path), "nothing is left that takes room")
                hands.storage.refused = POSIXError(.EACCES)
                settings.on(.handOver)
                try await hands.sees("it is not the room") { settings.state.trouble?.code == "unexpected" }
                let older = hands.folder.deletingLastPathComponent().appendingPathComponent("fieldbook.aside-0-0")
                try FileManager.default.createDirectory(at: older, withIntermediateDirectories: true)
                hands.storage.refused = nil
                settings.on(.handOver)
                try await hands.sees("both are offered") { hands.offered.count == 1 }
                let offered = hands.offered[0]
                #expect(offered.count == 2 && offered.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
            }
        }

        @Test("a camera killed in the middle is opened again")
        func killed() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.go(.find)
                var find = try await hands.finding
                hands.go(.scan(asker: "find"))
                var scan = try await hands.scanning
                try await lit(hands) { scan.state.camera }
                hands.camera.dies()
                try await hands.sees("it is gone") { scan.state.camera == .failed(.disconnected) }
                #expect(hands.camera.open == 0)
                scan.on(.again)
                try await lit(hands) { scan.state.camera }
                try await hands.camera.shows(.longtian)
                find = try await hands.finding
                try await hands.sees("the query") { find.state.query == "龙田" }
                #expect(hands.camera.open == 0)

                hands.go(.scan(asker: "find"))
                scan = try await hands.scanning
                try await lit(hands) { scan.state.camera }
                hands.camera.trouble = .inUse
                hands.camera.dies()
                scan.on(.again)
                try await hands.sees("it is in use") { scan.state.camera == .failed(.inUse) }
                hands.back()
                find = try await hands.finding
                #expect(find.state.query == "龙田")
            }
        }

        @Test("refused for ever, the way leads to the settings, and typing always works")
        func refused() async throws {
            try await story { hands in
                hands.camera.trouble = .notAllowed
                _ = try await hands.enrolling
                hands.root.scan(true)
                let scan = try await hands.scanning
                // What is said then has the way to the system's settings.
                try await hands.sees("it is not allowed") { scan.state.camera == .failed(.notAllowed) }
                hands.back()
                try await hands.enrol()

                hands.location.now.value = .switchedOff
                try await hands.begin("问题隐患")
                let form = try await hands.form
                try await hands.sees("it is switched off") { form.state.standing == .switchedOff }
                #expect(form.state.meter == nil)
                hands.location.found()
                form.on(.locationAsked)
                try await hands.sees("a reading") { form.state.meter != nil }
            }
        }

        @Test("with the storage full, records are saved and photos refused in clear words")
        func full() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                hands.device.storageFreeMib = 40
                let model = try await openCamera(hands)
                hands.camera.points(at: Jpeg.picture())
                try await lit(hands) { model.state.camera }
                model.on(.shutter)
                try await hands.sees("no room") { model.state.trouble?.code == "no_room_for_photos" }
                #expect(!model.state.busy && model.state.taken == nil)
                hands.back()
                _ = try await hands.form
                hands.back()
                hands.go(.today)
                let today = try await hands.today
                try await hands.sees("the room") { today.state.freeMib == 40 }
                #expect(roomIn(freeMib: 40) == .noneForPhotos)
                let record = try await hands.hazard("满盘路")
                #expect(try await hands.book.page(record).custody == .here)
            }
        }

        @Test("a clock that is three years off is said, and work goes on")
        func clock() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let years: Int64 = 3 * 365 * 24 * 3_600_000
                hands.clock.offsetMs = years
                let record = try await hands.hazard("旧钟路")
                hands.back()
                try await hands.sync()
                let model = try await hands.syncing
                try await hands.sees("the clock") { model.state.safe?.clockOffsetMs == years }
                #expect(try await hands.book.page(record).custody == .received)
            }
        }

        @Test("what is saved is handed in by a job of the system, without a hand")
        func job() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                #expect(hands.jobs.standing && !hands.jobs.soon)
                let record = try await hands.hazard("自动路", photo: Jpeg.picture())
                try await hands.sees("armed by the save") { hands.jobs.soon }
                #expect(try await hands.record.state.page?.custody == .here)

                try await hands.die(unlock: false)
                _ = try await hands.asksPin
                #expect(await hands.runJob() == false)
                #expect(hands.notices.waiting)
                try await hands.typePin()
                let page = try await hands.record
                try await hands.sees("it is here") { page.state.page?.custody == .here }

                hands.device.network = "cell"
                var chosen = hands.app.services.chosen
                chosen.photosOnWifiOnly = true
                hands.app.services.choose(chosen)
                #expect(await hands.runJob() == false)
                var received = try await hands.book.page(record)
                #expect(received.custody == .received)
                #expect(received.photos.map(\.received) == [false], "the photo waits for Wi-Fi")
                #expect(!hands.notices.waiting)
                try await hands.sees("the photo's job") { hands.jobs.photos }

                hands.back()
                hands.go(.sync)
                let model = try await hands.syncing
                try await hands.sees("what waits") { model.state.waiting.contains { $0.title.zh.contains("自动路") } }
                #expect(model.state.chosen.photosOnWifiOnly)
                hands.device.network = "wifi"
                hands.jobs.photos = false
                #expect(await hands.runJob() == false)
                #expect(!hands.jobs.photos, "nothing waits for another network")
                received = try await hands.book.page(record)
                #expect(received.photos.map(\.received) == [true])

                let stopped = Task { await hands.runJob() }
                await Task.yield()
                stopped.cancel()
                #expect(await stopped.value, "the system may end it, and starts it again")
                let sync = try await hands.app.parts().sync
                try await hands.sees("the end of sync") { !sync.now.value.running }

                try await City.revoke(hands.rid(record))
                try await hands.hazard("停用路")
                _ = await hands.runJob()
                try await hands.sees("it is told") { hands.notices.told.contains(.refused(1)) }
                chosen.backgroundSync = false
                hands.app.services.choose(chosen)
                #expect(!hands.jobs.standing && !hands.jobs.soon && !hands.jobs.photos, "nothing is left to run")
            }
        }

        /// A scanner of this system types: it is heard where no field has the keys.
        private func scan(_ hands: Hands, _ code: String) {
            for key in code + "\n" { #expect(hands.root.wedge.takes(String(key))) }
        }

        @Test("the built-in scanner answers a code's question as if it was typed")
        func builtIn() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.fillHazard("扫码路")
                try await hands.previousPage()
                _ = try await hands.question("organisation_code")
                let code = "91440300708461136T"
                scan(hands, code)
                try await hands.says("organisation_code", code)

                let form = try await hands.form
                form.on(.scan(try await hands.key("organisation_code")))
                let model = try await hands.scanning
                try await lit(hands) { model.state.camera }
                try await hands.camera.shows(.creditCode)
                try await hands.says("organisation_code", "91440300192189783K")
                try await hands.sees("the draft") { try await !hands.book.drafts().isEmpty }
            }
        }

        @Test("a scanner that types is heard where no field has the keys")
        func wedge() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.go(.find)
                let find = try await hands.finding
                scan(hands, "440310")
                #expect(find.state.query == "440310")
            }
        }

        @Test("the organisation sets policy, and the worker sees by whom")
        func managed() async throws {
            try await story { hands in
                var set = ["enrolment_code": try await City.worker("安"), "photos_on_wifi_only": "on"]
                hands.managed.told.value = ManagedSettings(set)
                // It was set before the app was opened.
                try await hands.die()
                let enrol = try await hands.enrolling
                enrol.on(.send)
                try await hands.choosePin()
                try await hands.seesNeverPulled()
                hands.go(.settings)
                let settings = try await hands.settings
                try await hands.sees("by whom") { settings.state.managed.photosOnWifiOnly == true }
                #expect(settings.state.chosen.photosOnWifiOnly && hands.app.services.chosen.photosOnWifiOnly)

                #expect(hands.jobs.standing)
                set["language"] = "en"
                set["background_sync"] = "off"
                hands.managed.told.value = ManagedSettings(set)
                try await hands.sees("English") { settings.state.chosen.language == .english }
                try await hands.sees("no job stands") { !hands.jobs.standing }
                let sent = try await hands.seen("diagnostics") { settings.state.diagnostics }
                #expect(sent.contains("changes waiting: 0") && !sent.contains("安"), "\(sent)")
            }
        }

        @Test("a point waits for its accuracy, or is taken early and that is noted")
        func point() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found(accuracyM: 31)
                try await hands.begin("问题隐患")
                let question = try await hands.question("location")
                let key = try #require(question.key)
                #expect(question.accuracyM == 10)
                let model = try await hands.form
                try await hands.sees("a reading") { model.state.meter?.fix.accuracyDm == 310 }
                model.on(.takePlace(key))
                #expect(model.state.taken[key] == 310)
                for accuracy in [9, 8, 7, 6] as [Float] {
                    hands.location.found(accuracyM: accuracy)
                    await Task.yield()
                }
                try await hands.sees("it is good enough") {
                    model.state.meter.map { $0.fix.accuracyDm <= 100 && $0.used + $0.rejected == 5 } ?? false
                }
                model.on(.takePlace(key))
                #expect((30..<40).contains(model.state.taken[key] ?? 0), "\(model.state.taken)")
                try await hands.sees("location") { if case .point = $0.value { true } else { false } }
            }
        }
    }
}
