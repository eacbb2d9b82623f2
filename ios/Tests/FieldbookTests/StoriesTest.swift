import Testing

@testable import Fieldbook

extension Stories {
    /// The real app, its real core, and a real city's server.
    @Suite(.serialized)
    @MainActor
    struct StoriesTest {
        @Test("a device is enrolled by a typed code after a supervisor compared its fingerprint")
        func enrolment() async throws {
            try await story { hands in
                var model = try await hands.enrolling
                model.on(.typed("not a code"))
                model.on(.send)
                try await hands.sees("not a code") { model.state.trouble?.code == "not_a_code" }
                model.on(.typed(try await City.worker("安", confirm: false)))
                model.on(.send)
                let pending = try await hands.seen("the digits") { model.state.pending }
                #expect(pending.organisation == "坪山区（测试）")
                let polled = try await hands.book.pollEnrolment()
                #expect(
                    polled == .pending(organisation: pending.organisation, fingerprint: pending.fingerprint)
                )

                try await hands.die()
                model = try await hands.enrolling
                try await hands.sees("the same digits") { model.state.pending == pending }
                try await City.confirm(pending.fingerprint)
                model.on(.ask)
                try await hands.choosePin()
                try await hands.seesNeverPulled()
                let today = try await hands.today
                #expect(today.state.me?.organisation == "坪山区（测试）")
            }
        }

        @Test("a hazard captured offline outlives the process and arrives with its photo")
        func hazard() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let jpeg = Jpeg.picture()
                try await hands.fillHazard("龙田路口", photo: jpeg)
                try await hands.seesKept()

                try await hands.die()
                hands.location.found()
                _ = try await hands.question("settled_at_once")
                try await hands.previousPage()
                _ = try await hands.question("organisation_code")
                try await hands.previousPage()
                try await hands.says("place", "龙田路口")
                try await hands.sees("photos") { $0.photos.count == 1 }
                try await hands.nextPage()
                _ = try await hands.question("organisation_code")
                try await hands.nextPage()
                try await hands.sees("settled_at_once") { $0.value == .truth(false) }
                try await hands.save()

                let shown = try await hands.record
                #expect(shown.state.page?.custody == .here)
                let record = try await hands.only("龙田路口")
                let page = try await hands.book.page(record)
                #expect(page.row.grid == City.grid, "the fix lies in it")
                #expect(page.fields.first?.values.first?.accuracyDm == 45)
                let hash = try #require(page.photos.first?.hash)
                #expect(page.photos.count == 1)
                #expect(try await hands.book.photo(hash) == jpeg, "byte for byte")
                #expect(try await hands.book.drafts().isEmpty, "saved and forgotten in one step")

                hands.back()
                hands.go(.today)
                let today = try await hands.today
                try await hands.sees("what is here alone") { today.state.safe?.pending == 1 }
                #expect(today.state.safe?.photosPending == 1 && today.state.safe?.isSealed == false)
                let report = try await hands.sync()
                #expect(report.pushed == 1 && report.photos == 1)
                try await seesSealed(hands)
                let received = try await hands.book.page(record)
                #expect(received.custody == .received)
                #expect(received.photos.map(\.received) == [true])

                hands.go(.find)
                let find = try await hands.finding
                find.on(.typed("龙田"))
                let row = try await hands.seen("the record") { find.state.hits?.rows.first }
                #expect(row.title.zh.contains("龙田路口"))
                hands.go(.record(row.record))
                let found = try await hands.record
                try await hands.sees("received") { found.state.page?.custody == .received }
            }
        }

        private func seesSealed(_ hands: Hands) async throws {
            hands.go(.today)
            let today = try await hands.today
            try await hands.sees("the seal") { today.state.safe?.isSealed == true }
            #expect(today.state.safe?.receivedToday == 1 && today.state.safe?.seal != nil)
        }

        @Test("what is missing is said in its place and the form waits")
        func missing() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.begin("问题隐患")
                try await hands.choose("category", "其他")
                try await hands.nextPage()
                _ = try await hands.question("organisation_code")
                try await hands.nextPage()
                _ = try await hands.question("settled_at_once")
                let model = try await hands.form
                model.on(.save(grid: nil))

                let level = try await hands.question("level")
                let draft = try #require(try await hands.book.drafts().first)
                let problems = try await hands.book.resumeDraft(draft.id).look(nil).problems
                let problem = try #require(problems.first { $0.item == "level" })
                try await hands.seesTrouble("problems")
                let counted = model.state.look?.problems.filter(\.error).count
                #expect(counted == problems.filter(\.error).count)
                #expect(model.state.problemsOf(level).map(\.message.zh).contains(problem.message.zh))
                #expect(try await hands.book.drafts().count == 1)
            }
        }

        @Test("a conflict made by a second device is shown and settled")
        func conflict() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("金田路", photo: Jpeg.picture())
                hands.back()
                try await hands.sync()
                let bai = try await Colleague("白")
                try await hands.dispute(record, bai)

                hands.go(.today)
                let today = try await hands.today
                let row = try await hands.seen("the conflict") { today.state.conflicts.first }
                #expect(today.state.conflicts.count == 1 && row.conflicts == 1)
                hands.go(.conflicts(row.record))
                let model = try await hands.conflicts
                let field = try await hands.seen("the field") { model.state.page?.fields.first(where: \.inConflict) }
                #expect(field.values.contains { $0.said.text.zh == "井盖缺失" })
                let taken = try #require(field.values.first { $0.said.text.zh == "井盖松动" })
                model.on(.choose(field.key, dot: taken.dot))
                model.on(.take(field.key))
                try await hands.sees("no conflict") {
                    model.state.page.map { page in !page.fields.contains(where: \.inConflict) } ?? false
                }
                hands.back()
                try await hands.seesAllClear()

                try await hands.sync()
                try await bai.sync()
                #expect(try await bai.texts(record, "description") == ["井盖松动"])
                #expect(try await bai.book.conflicts().isEmpty)
                #expect(try await hands.book.conflicts().isEmpty)
                try bai.close()
            }
        }

        @Test("a refused change is shown, kept and named")
        func refused() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("比亚迪路", photo: Jpeg.picture())
                try await City.revoke(hands.rid(record))
                hands.back()
                let report = try await hands.sync(.failed)
                guard case .failed(let trouble) = report.unfinished else { return }
                #expect(trouble.code == "revoked")
                hands.go(.today)
                let today = try await hands.today
                let change = try await hands.seen("what was refused") { today.state.safe?.refused.first }
                #expect(today.state.safe?.refused.count == 1)
                #expect(change.stands == .refused(code: "revoked"))
                #expect(change.writes.contains { $0.after.text.zh == "比亚迪路" })
                #expect(try await hands.book.safe().pending == 0, "received is received")
                #expect(today.state.safe?.photosUnreleased == 1)
                try await City.release(change.dot)
                _ = try await hands.sync(.failed)
                #expect(try await hands.book.safe().isSealed, "the photo of what was released")
            }
        }

        @Test("a rotation keeps the form, its screen and what was typed")
        func rotation() async throws {
            try await story { hands in
                try await hands.enrol()
                try await hands.fillHazard("坪山大道")
                try await hands.rotate()
                try await hands.sees("settled_at_once") { $0.value == .truth(false) }
                try await hands.previousPage()
                _ = try await hands.question("organisation_code")
                try await hands.previousPage()
                try await hands.says("place", "坪山大道")
            }
        }

        @Test("a draft is found on the first screen, taken up again and thrown away")
        func draft() async throws {
            try await story { hands in
                try await hands.enrol()
                try await hands.fillHazard("深汕路")
                hands.back()
                hands.go(.today)
                let today = try await hands.today
                let draft = try await hands.seen("the draft") { today.state.drafts.first }
                #expect(draft.record == nil && today.state.types[draft.type]?.label.zh == "问题隐患")
                #expect(draft.title.zh == "消防隐患 · 深汕路" && draft.title.en == "Fire safety · 深汕路")
                hands.go(draft.place)
                try await hands.says("place", "深汕路")
                hands.back()
                let again = try await hands.today
                let there = try await hands.seen("the draft") { again.state.drafts.first }
                again.on(.discard(there.id))
                #expect(again.state.discarding == there.id)
                again.on(.discardReally(there.id))
                try await hands.seesAllClear()
                #expect(try await hands.book.drafts().isEmpty)
            }
        }

        @Test("outside every grid the worker chooses one")
        func outside() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found(latitude: 22.5)
                try await hands.fillHazard("界外路", photo: Jpeg.picture())
                let model = try await hands.form
                model.on(.save(grid: nil))
                let grid = try await hands.seen("the grids") { model.state.grids.first { $0.name == "六联一网格" } }
                model.on(.save(grid: grid.code))
                try await hands.seesRecord(of: "界外路")
                let rows = try await hands.book.find("界外路").rows
                #expect(rows.map(\.grid) == [City.grid])
            }
        }

        @Test("the language is chosen in the settings and stays chosen")
        func language() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.go(.settings)
                let settings = try await hands.settings
                var english = settings.state.chosen
                english.language = .english
                settings.on(.choose(english))
                try await hands.sees("English") { settings.state.chosen.language == .english }
                hands.go(.today)
                try await hands.seesAllClear()
                try await hands.die()
                try await hands.seesAllClear()
                #expect(hands.app.services.chosen.language == .english)
                hands.go(.settings)
                #expect(try await hands.settings.state.chosen.language == .english)
            }
        }
    }
}
