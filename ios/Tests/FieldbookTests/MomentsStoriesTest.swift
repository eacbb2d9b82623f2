import Testing

@testable import Fieldbook

extension Stories {
    /// Hands that are quicker than the core, and moments that fall badly.
    @Suite(.serialized)
    @MainActor
    struct MomentsStoriesTest {
        private static let later = Duration.seconds(6 * 60)

        /// What would have happened by now.
        private func moment() async throws { try await Task.sleep(for: .milliseconds(200)) }

        @Test("while a form is being saved nothing can be answered that would be lost")
        func saving() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.fillHazard("正在保存路")
                try await hands.seesKept()
                let model = try await hands.form
                hands.hold.hold(.save)
                hands.hold.refuse(.save)
                model.on(.save(grid: nil))
                #expect(model.state.saving)
                let form = hands.root.stack.top
                try await hands.choose("settled_at_once", "是")
                try await hands.previousPageIsAsked()
                model.on(.photograph(try await hands.key("settled_at_once")))
                #expect(hands.root.stack.top == form, "no camera was opened")
                hands.hold.letGo(.save)
                try await hands.seesTrouble("in_use")
                try await hands.settle()
                #expect(model.state.look?.number == model.state.look?.of, "no page was turned")
                try await hands.sees("settled_at_once") { $0.value == .truth(false) }
                // It goes on.
                try await hands.answerAgain("settled_at_once", "是")
                try await hands.answerAgain("settled_at_once", "否")
                try await hands.save()
                try await hands.seesRecord(of: "正在保存路")
            }
        }

        /// Takes a photo for the form that is shown, and comes back with it.
        private func bring(_ asker: FieldKey, _ hands: Hands) async throws {
            hands.camera.points(at: Jpeg.picture())
            hands.go(.photo(asker: asker.text, taken: nil))
            try await hands.shoot()
            hands.root.use(try await hands.photographing)
            _ = try await hands.form
        }

        private func photos(of place: String, _ hands: Hands) async throws -> Int {
            let row = try #require(try await hands.book.find(place).rows.first)
            return try await hands.book.page(row.record).photos.count
        }

        @Test("what comes before a form is written is in its record, and what comes too late is told")
        func late() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let key = try await hands.book.startForm(type: Types.hazard, record: nil).field("photos")
                try await hands.fillHazard("等照片路")
                _ = try await hands.question("department")
                var model = try await hands.form
                hands.hold.hold(.look)
                try await hands.answer("department", "城管")
                let coming = Told(false)
                let reading = Task<[UInt8]?, Never> {
                    for await here in coming.follow() where here { break }
                    return nil
                }
                model.on(.photoAdded(key, reading))
                model.on(.save(grid: nil))
                try await bring(key, hands)
                hands.hold.letGo(.look)
                try await moment()
                #expect(model.state.saving && model.state.saved == nil, "it waits for what is being read")
                coming.value = true
                try await hands.seesTrouble("no_picture")
                try await hands.sees("it is not saved") { !model.state.saving && model.state.saved == nil }
                try await hands.save()
                try await hands.seesRecord(of: "等照片路")
                #expect(try await photos(of: "等照片路", hands) == 1)

                hands.back()
                try await hands.fillHazard("来晚路")
                try await hands.seesKept()
                model = try await hands.form
                hands.hold.hold(.save)
                model.on(.save(grid: nil))
                try await moment()
                try await bring(key, hands)
                hands.hold.letGo(.save)
                try await hands.seesTrouble("too_late")
                try await hands.settle()
                model.on(.leave)
                try await hands.seesRecord(of: "来晚路")
                #expect(try await photos(of: "来晚路", hands) == 0)
            }
        }

        @Test("an edit that nobody waited for does not come later")
        func editThatWaits() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("转身路")
                let page = try await hands.record
                page.on(.edit)
                _ = try await hands.question("place")
                hands.hold.hold(.keep)
                try await hands.answer("place", "转身东路")
                hands.back()
                page.on(.edit)
                hands.go(.conflicts(record))
                hands.hold.letGo(.keep)
                try await hands.settle()
                try await moment()
                #expect(hands.root.stack.top == .conflicts(record))
                hands.back()
                try await moment()
                #expect(hands.root.stack.top == .record(record) && page.state.draft == nil)
            }
        }

        @Test("a form that is left while it is being saved is saved")
        func leftWhileSaving() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.fillHazard("存了就走路")
                hands.hold.hold(.keep)
                try await hands.form.on(.save(grid: nil))
                hands.back()
                hands.hold.letGo(.keep)
                try await hands.settle()
                try await hands.sees("the record") { try await hands.book.find("存了就走路").rows.count == 1 }
                #expect(try await hands.book.drafts().isEmpty)
            }
        }

        @Test("a form over which the screens were shut while it was being saved leads to its record")
        func shutWhileSaving() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.fillHazard("锁屏时存的路")
                hands.hold.hold(.save)
                try await hands.form.on(.save(grid: nil))
                hands.leave(for: Self.later)
                try await hands.typePin()
                try await moment()
                hands.hold.letGo(.save)
                try await hands.seesRecord(of: "锁屏时存的路")
                #expect(try await hands.book.drafts().isEmpty)
            }
        }

        @Test("sync has ended before the field book is let go of")
        func sync() async throws {
            try await story { hands in
                try await hands.enrol()
                let parts = try #require(await hands.app.openForSync())
                hands.hold.hold(.sync)
                parts.sync.start()
                let closed = Told(false)
                let closing = Task {
                    await hands.app.close()
                    closed.value = true
                }
                try await moment()
                #expect(!closed.value && parts.sync.now.value.running)
                hands.hold.letGo(.sync)
                await closing.value
                #expect(!parts.sync.now.value.running)
                parts.sync.start()
                #expect(!parts.sync.now.value.running, "none begins any more")
            }
        }

        @Test("a PIN that was looked at before the screens were shut again opens nothing")
        func shutAgain() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.leave(for: Self.later)
                hands.hold.hold(.pin)
                try await hands.typePin()
                hands.leave(for: Self.later)
                hands.hold.letGo(.pin)
                try await moment()
                let model = try await hands.asksPin
                #expect(hands.app.lock.locked && model.state.typed == 0)
                try await hands.typePin()
                _ = try await hands.syncing
            }
        }

        @Test("a draft that was saved before the process ended is told so")
        func savedBefore() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("早存下的路")
                hands.go(.form(type: Types.hazard, record: nil, draft: 999, nonce: 3))
                let form = try await hands.form
                try await hands.seesTrouble("no_draft")
                #expect(form.state.look == nil)
                form.on(.leave)
                _ = try await hands.finding
                hands.go(.form(type: Types.hazard, record: record, draft: 999, nonce: 4))
                try await hands.seesRecord(of: "早存下的路")
                #expect(hands.root.stack.places == [.find, .record(record)])
            }
        }

        @Test("a code that was read right before the form was left is in its draft")
        func brought() async throws {
            try await story { hands in
                try await hands.enrol()
                try await hands.begin("问题隐患")
                try await hands.choose("category", "消防隐患")
                try await hands.nextPage()
                let key = try await hands.key("organisation_code")
                try await hands.settle()
                try await hands.form.on(.scan(key))
                let scan = try await hands.scanning
                hands.hold.hold(.look)
                scan.on(.heard("91440300MA5EXAMPL0"))
                hands.back()
                try await moment()
                hands.hold.letGo(.look)
                try await hands.settle()
                let draft = try #require(try await hands.book.drafts().first)
                let questions = try await hands.book.resumeDraft(draft.id).pages().flatMap(\.questions)
                #expect(questions.first { $0.key == key }?.value == .text("91440300MA5EXAMPL0"))
            }
        }

        @Test("a form over which the screens were shut at once is found as it was left")
        func shutAtOnce() async throws {
            try await story { hands in
                try await hands.enrol()
                try await hands.begin("问题隐患")
                _ = try await hands.question("category")
                hands.hold.hold(.keep)
                try await hands.choose("category", "消防隐患")
                hands.leave(for: Self.later)
                try await hands.typePin()
                _ = try await hands.form
                hands.hold.letGo(.keep)
                try await hands.sees("category") { $0.value != .nothing }
                #expect(try await hands.book.drafts().count == 1)
            }
        }

        @Test("what came meanwhile is shown before a conflict is settled")
        func outdated() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("变动路", photo: Jpeg.picture())
                hands.back()
                try await hands.sync()
                let bai = try await Colleague("白")
                try await hands.dispute(record, bai)
                try bai.close()
                hands.go(.conflicts(record))
                let model = try await hands.conflicts
                let field = try await hands.seen("the field") { model.state.page?.fields.first(where: \.inConflict) }
                model.on(.choose(field.key, dot: try #require(field.values.first).dot))
                try await hands.edit(record, "description", "第三种说法")
                model.on(.take(field.key))
                try await hands.sees("that it changed") { model.state.trouble?.code == "outdated" }
                #expect(model.state.page?.fields.contains(where: \.inConflict) == false, "what is shown is new")
                #expect(model.state.chosen.isEmpty)
            }
        }

        @Test("a change of the PIN that was broken off begins anew, and none is left before its answer")
        func changeOfPin() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.go(.settings)
                hands.go(.pin)
                for pin in [Hands.pin, "314159"] { try await hands.typePin(pin) }
                hands.back()
                _ = try await hands.settings
                hands.go(.pin)
                let model = try await hands.asksPin
                #expect(model.state.step == .current && model.state.typed == 0)
                hands.hold.hold(.pin)
                for pin in [Hands.pin, "314159", "314159"] { try await hands.typePin(pin) }
                hands.back()
                #expect(hands.root.stack.top == .pin && model.state.busy)
                hands.hold.letGo(.pin)
                _ = try await hands.settings
                try await hands.die(unlock: false)
                try await hands.typePin("314159")
                _ = try await hands.settings
            }
        }

        @Test("a visit that is touched twice is one")
        func twice() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("去过一次路")
                let model = try await hands.record
                for _ in 1...2 { model.on(.visited) }
                try await hands.sees("the visit") { model.state.page?.history.first?.kind == .visit }
                model.on(.visited)
                try await hands.settle()
                #expect(try await hands.book.page(record).history.map(\.kind) == [.visit, .create])
            }
        }

        @Test("a form that did not open at first keeps what is brought to it then")
        func opensLater() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let key = try await hands.book.startForm(type: Types.hazard, record: nil).field("photos")
                hands.hold.refuse(.begin)
                try await hands.begin("问题隐患")
                try await hands.seesTrouble("in_use")
                hands.camera.points(at: Jpeg.picture())
                hands.go(.photo(asker: key.text, taken: nil))
                try await hands.shoot()
                hands.root.use(try await hands.photographing)
                try await hands.sees("photos") { $0.photos.count == 1 }
                try await hands.seesKept()
                #expect(try await hands.book.drafts().count == 1)
            }
        }

        @Test("what another screen brought is for who asked, and for nobody else")
        func stray() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.go(.today)
                hands.go(.scan(asker: "7"))
                try await hands.scanning.on(.heard("91440300MA5EXAMPL0"))
                _ = try await hands.today
                hands.go(.find)
                #expect(try await hands.finding.state.query.isEmpty)
            }
        }

        @Test("a clock that is off beyond all measure stops nothing")
        func clock() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                hands.clock.offsetMs = .max
                hands.go(.settings)
                let settings = try await hands.settings
                var marked = settings.state.chosen
                marked.watermark = true
                settings.on(.choose(marked))
                let record = try await hands.hazard("钟不准路", photo: Jpeg.picture())
                #expect(try await hands.book.page(record).photos.count == 1)
            }
        }
    }
}

extension Hands {
    /// Touches the way to the page before, and waits for nothing.
    fileprivate func previousPageIsAsked() async throws {
        let model = try await form
        model.on(.turn(try #require(model.state.look?.previous)))
    }

    /// Answers by a touch, and sees it answered.
    fileprivate func answerAgain(_ item: String, _ words: String) async throws {
        try await choose(item, words)
        try await sees(item) { $0.value == .truth(words == "是") }
    }
}
