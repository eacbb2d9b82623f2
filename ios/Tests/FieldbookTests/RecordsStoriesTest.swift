import Testing

@testable import Fieldbook

extension Stories {
    /// What a worker does with a record besides filling it in, on the real app, core and server.
    @Suite(.serialized)
    @MainActor
    struct RecordsStoriesTest {
        private static let phone = "555 0100 1234"
        private static let masked = "555******1234"

        @Test("a masked number is shown for a reason, and the reason is written down")
        func reveal() async throws {
            try await story { hands in
                try await hands.enrol()
                let record = try await hands.book.person("王小明", phone: Self.phone, grid: City.grid)
                hands.go(.record(record))
                var model = try await hands.record
                try await hands.sees("the mask") { model.state.texts.contains(Self.masked) }
                #expect(!hands.shown.contains(Self.phone), "not whole before it is asked for")
                let field = try #require(model.state.page?.fields.first { $0.masked })
                #expect(field.key.no == 31)
                model.on(.reveal(field.key, .contact))
                let whole = try await hands.seen("the number") { model.state.revealed[field.key] }
                #expect(whole.values.map(\.zh) == [Self.phone])

                let shown = try await hands.book.revealed(max: 10)
                #expect(shown.map(\.reason) == [.contact] && shown.map(\.record) == [record])
                try await hands.die()
                model = try await hands.record
                try await hands.sees("the mask") { model.state.texts.contains(Self.masked) }
                #expect(!hands.shown.contains(Self.phone), "covered again")
                hands.back()
                hands.go(.settings)
                let settings = try await hands.settings
                try await hands.sees("the reason") { settings.state.revealed.map(\.reason) == [.contact] }
            }
        }

        @Test("an edit is no way around a mask")
        func edit() async throws {
            try await story { hands in
                try await hands.enrol()
                let record = try await hands.book.person("王大明", phone: Self.phone, grid: City.grid)
                try await self.edit(record, hands)
                try await turn(to: "phone", of: record, hands)
                try await hands.sees("phone") { $0.covered?.zh == Self.masked && $0.value == .nothing }
                #expect(!hands.shown.contains(Self.phone))
                let model = try await hands.form
                model.on(.anew(try await hands.key("phone")))
                try await hands.answer("phone", "555 0199 4321")
                let last = try await hands.book.startForm(type: Types.person, record: record).pages().count
                let page = try #require(model.state.look).number
                for next in page + 1...max(last, page + 1) where next <= last {
                    try await hands.nextPage()
                    #expect(model.state.look?.number == next && model.state.look?.of == last)
                }
                try await hands.save()
                #expect(try await hands.book.revealed(max: 10).isEmpty, "nobody saw it")
                hands.back()
                _ = try await hands.syncing

                try await self.edit(record, hands)
                try await turn(to: "phone", of: record, hands)
                try await hands.form.on(.reveal(hands.key("phone"), .correct))
                try await hands.says("phone", "555 0199 4321")
                #expect(try await hands.book.revealed(max: 10).map(\.reason) == [.correct])
            }
        }

        @Test("an edit that was put aside goes on, and another is begun where that is wanted")
        func putAside() async throws {
            try await story { hands in
                try await hands.enrol()
                let record = try await hands.book.person("王大明", phone: Self.phone, grid: City.grid)
                try await edit(record, hands)
                try await turn(to: "phone", of: record, hands)
                try await hands.form.on(.anew(hands.key("phone")))
                try await hands.answer("phone", "555 0199 4321")
                try await hands.seesKept()
                hands.back()
                let page = try await hands.record
                page.on(.edit)
                try await hands.sees("what was put aside") { page.state.draft != nil }
                hands.back()
                #expect(hands.root.stack.top == .record(record) && page.state.draft == nil)
                page.on(.edit)
                let draft = try await hands.seen("the draft") { page.state.draft }
                #expect(draft.record == record && draft.title.zh == "王大明")
                page.on(.goOn(draft))
                try await turn(to: "phone", of: record, hands)
                try await hands.says("phone", "555 0199 4321")
                try await hands.sees("phone") { $0.anew }
                try await hands.form.on(.asItWas(hands.key("phone")))
                try await hands.sees("phone") { $0.covered?.zh == Self.masked && !$0.anew }

                hands.back()
                page.on(.edit)
                try await hands.sees("what was put aside") { page.state.draft != nil }
                page.on(.goOn(nil))
                try await turn(to: "phone", of: record, hands)
                try await hands.form.on(.anew(hands.key("phone")))
                try await hands.answer("phone", "555 0199 9999")
                try await hands.seesKept()
                #expect(try await hands.book.drafts().count == 2, "beside the other")
            }
        }

        @Test("what is gone is said with a reason, and taken back when it is there after all")
        func gone() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("锦绣西路")
                var model = try await hands.record
                model.on(.askGone(true))
                let reasons = try await hands.seen("the reasons") { model.state.reasons }
                model.on(.gone(try #require(reasons.first { $0.label.zh == "已消除" }).code))
                try await hands.sees("it is gone") { model.state.page?.row.alive == false }
                #expect(try await hands.book.find("锦绣西路").rows.isEmpty, "not found any more")
                hands.back()
                try await hands.sync()
                hands.go(.record(record))
                model = try await hands.record
                try await hands.sees("the record") { model.state.page != nil }
                model.on(.restored)
                try await hands.sees("it is there after all") { model.state.page?.row.alive == true }
                let history = try #require(model.state.page?.history)
                let taken = history.flatMap(\.writes).filter { $0.before?.text.zh == "已消除" }
                #expect(taken.map(\.after.text.zh) == ["在用"])
                let kinds = try await hands.book.page(record).history.map(\.kind)
                #expect(kinds == [.restore, .delete, .create])
            }
        }

        @Test("an edit of a record that somebody declared gone leads to where it is restored")
        func editOfGone() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("被删路", photo: Jpeg.picture())
                hands.back()
                try await hands.sync()
                hands.go(.form(type: Types.hazard, record: record, draft: nil, nonce: 5))
                try await hands.answer("description", "打了很久的字")
                try await hands.seesKept()
                let bai = try await Colleague("白")
                let reason = try #require(try await bai.book.reasonsGone(type: Types.hazard).first)
                try await bai.book.delete(record, reason: reason.code, fix: nil)
                try await bai.sync()
                try bai.close()
                hands.back()
                try await hands.sync()
                hands.go(.today)
                let today = try await hands.today
                hands.go(try await hands.seen("the draft") { today.state.drafts.first }.place)
                try await hands.nextPage()
                try await hands.nextPage()
                let form = try await hands.form
                form.on(.save(grid: nil))
                try await hands.seesTrouble("deleted")
                form.on(.leave)
                let page = try await hands.record
                try await hands.sees("it is gone") { page.state.page?.row.alive == false }
                page.on(.restored)
                try await hands.sees("it is there after all") { page.state.page?.row.alive == true }
                hands.back()
                try await hands.save()
                try await hands.seesRecord(of: "打了很久的字")
            }
        }

        @Test("a photo is looked at whole and the phone may be turned meanwhile")
        func photo() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.hazard("金碧路", photo: Jpeg.picture())
                var model = try await hands.record
                let photo = try await hands.seen("the photo") { model.state.page?.photos.first }
                #expect(photo.received == false)
                model.on(.lookAt(photo.hash))
                #expect(model.state.photo == photo.hash)
                #expect(await model.photo(photo.hash) == Jpeg.picture())
                try await hands.rotate()
                model = try await hands.record
                try await hands.sees("the photo whole") { model.state.photo == photo.hash }
                hands.back()
                #expect(model.state.photo == nil)
                try await hands.seesRecord(of: "金碧路")
            }
        }

        @Test("a refused new record is taken up again with its photo")
        func takenUp() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("比亚迪路", photo: Jpeg.picture())
                try await City.revoke(hands.rid(record))
                hands.back()
                try await hands.sync(.failed)
                hands.go(.today)
                let today = try await hands.today
                let refused = try await hands.seen("what was refused") { today.state.safe?.refused.first }
                for _ in 1...2 { today.on(.takeUp(refused)) }
                try await hands.says("place", "比亚迪路")
                let drafts = try await hands.book.drafts()
                #expect(drafts.count == 1)
                let draft = try #require(drafts.first)
                let photos = try await hands.book.resumeDraft(draft.id).look(nil).questions.flatMap(\.photos)
                #expect(photos.count == 1, "its photo is there")
                #expect(hands.root.stack.places == [.today, draft.place], "touched twice, taken up once")
            }
        }

        private func edit(_ record: String, _ hands: Hands) async throws {
            if case .record = hands.root.screen {} else { hands.go(.record(record)) }
            let page = try await hands.record
            try await hands.sees("the record") { page.state.page != nil }
            page.on(.edit)
        }

        /// Turns the form's pages up to the one that a question stands on.
        private func turn(to item: String, of record: String, _ hands: Hands) async throws {
            let pages = try await hands.book.startForm(type: Types.person, record: record).pages()
            let at = try #require(pages.first { look in look.questions.contains { $0.item == item } })
            let model = try await hands.form
            for page in 1...at.number {
                try await hands.sees("page \(page)") {
                    model.state.look.map { $0.number == page && $0.of == at.of } ?? false
                }
                if page < at.number { try await hands.nextPage() }
            }
            _ = try await hands.question(item)
        }
    }
}
