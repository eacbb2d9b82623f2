import Foundation
import Testing

@testable import Fieldbook

extension Stories {
    /// Every kind of question, answered by hand, saved, received and read back: on a device, at the centre, on another.
    @Suite(.serialized)
    @MainActor
    struct QuestionsStoriesTest {
        /// Begins a record with every kind of question.
        private func begun(_ tell: (Hands) async throws -> Void) async throws {
            try await story(before: City.teach) { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.begin("全题型登记")
                try await hands.answer("name", "龙田路口")
                try await tell(hands)
            }
        }

        /// Saves, hands in, and answers what the record's page on another device says of each field, in Chinese.
        private func savedAndReceived(_ hands: Hands) async throws -> (record: String, read: [String: String]) {
            try await hands.nextPage()
            let model = try await hands.form
            #expect(model.state.look?.entries != nil)
            try await hands.save()
            let record = try await hands.only("龙田路口")
            hands.back()
            try await hands.sync()
            #expect(try await hands.book.safe().isSealed, "all is safe")
            let bai = try await Colleague("白")
            let names = try #require(try await bai.book.types()[Types.every]).fields
            var read: [String: String] = [:]
            for field in try await bai.book.page(record).fields {
                #expect(field.values.count == 1)
                read[try #require(names[field.key.no]).name] = field.values.first?.said.text.zh
            }
            try bai.close()
            return (record, read)
        }

        /// The photo that the draft holds, once it holds another than `before`.
        private func photo(_ hands: Hands, _ item: String, before: String? = nil) async throws -> String {
            try await hands.seen("another photo of \(item)") {
                guard let draft = try await hands.book.drafts().first else { return nil }
                let look = try await hands.book.resumeDraft(draft.id).look(nil)
                let value = look.questions.first { $0.item == item }?.value
                guard case .photo(let hash) = value else { return nil }
                return hash == before ? nil : hash
            }
        }

        @Test("a scale, a moment, an order and many choices")
        func choices() async throws {
            try await begun { hands in
                let model = try await hands.form
                let noise = try await hands.question("noise")
                let (scale, noiseKey) = (try #require(noise.scale), try #require(noise.key))
                model.on(.slid(noiseKey, by: 1))
                try await hands.says("noise", "0")
                model.on(.answered(noiseKey, scale.value(at: 2)))
                try await hands.says("noise", "1")
                model.on(.slid(noiseKey, by: 1))
                try await hands.says("noise", "1.5")

                let seenAt = try await hands.key("seen_at")
                try await hands.answer("seen_at", "2026-09-21 0830")
                model.on(.dayMoved(seenAt, days: 1))
                try await hands.says("seen_at", "2026-09-22 08:30")
                try await hands.answer("seen_at", "2026-09-21 25")
                #expect(model.state.unreadable == [seenAt])
                try await hands.answer("seen_at", "202609210830")

                let urgency = try await hands.question("urgency")
                #expect(urgency.value == .nothing)
                let first = try #require(urgency.choices.first { $0.code.code == "01" })
                model.on(.ranked(try #require(urgency.key), first.code, by: 1))
                try await hands.sees("urgency") { $0.choices.prefix(2).map(\.label.zh) == ["中", "高"] }

                model.on(.ownPage(try await hands.key("groups")))
                try await hands.choose("groups", "残疾人")
                try await hands.choose("groups", "空巢老人")
                hands.back()
                #expect(model.state.ownPage == nil)
                try await hands.sees("groups") { Set($0.chosen) == ["空巢老人", "残疾人"] }

                try await hands.rotate()
                try await hands.says("noise", "1.5")
                try await hands.sees("urgency") { $0.choices.first?.label.zh == "中" }
                let (_, read) = try await savedAndReceived(hands)
                #expect(read["noise"] == "1.5")
                #expect(read["seen_at"] == "2026-09-21 08:30")
                #expect(read["urgency"] == "中、高、低")
                #expect(Set(read["groups"]?.components(separatedBy: "、") ?? []) == ["空巢老人", "残疾人"])
            }
        }

        /// What a finger writes and that it is ink on paper is for the system's own tests: there is no codec here. What it
        /// wrote reaches the pictures, and what these answer is kept.
        @Test("one photo is replaced when it is taken again, and a signature is drawn")
        func photos() async throws {
            try await begun { hands in
                let (blurred, sharp) = (Jpeg.picture(1), Jpeg.picture(2))
                hands.camera.points(at: blurred)
                var model = try await hands.form
                model.on(.photograph(try await hands.key("door")))
                try await hands.shoot()
                hands.root.use(try await hands.photographing)
                try await hands.sees("door") { !$0.photos.isEmpty }
                let first = try await photo(hands, "door")
                model = try await hands.form
                model.on(.photoAdded(try await hands.key("door"), Task { sharp }))
                let second = try await photo(hands, "door", before: first)

                let key = try await hands.key("signed")
                model.on(.ownPage(key))
                let stroke: [Float] = [0.2, 0.5, 0.5, 0.2, 0.8, 0.5]
                model.on(.signed(key, strokes: [stroke]))
                try await hands.sees("it is kept") { model.state.ownPage == nil }
                let signed = try await photo(hands, "signed")
                #expect(await hands.pictures.signed == [stroke])
                #expect(await hands.pictures.asked.last?.mark == [], "no mark")
                #expect(try await hands.book.photo(signed) == Jpeg.ink)

                let (record, read) = try await savedAndReceived(hands)
                #expect(read["door"] == "照片" && read["signed"] == "签名")
                let photos = try await hands.book.page(record).photos
                #expect(photos.map(\.hash) == [second, signed] && photos.map(\.received) == [true, true])
                #expect(try await hands.book.photo(second) == sharp, "the last one taken")
            }
        }

        @Test("a recording is allowed, made, heard, made anew and handed in")
        func recording() async throws {
            try await begun { hands in
                hands.recorder.trouble = .notAllowed
                let key = try await hands.key("statement")
                let model = try await hands.form
                model.on(.record(key))
                #expect(model.state.recorderTrouble == .notAllowed && model.state.recording == nil)
                // It is allowed in the system's own window.
                hands.recorder.trouble = nil
                model.on(.record(key))
                #expect(model.state.recording == key && model.state.recorderTrouble == nil)
                let sound = (0..<3000).map { UInt8($0 & 0xFF) }
                hands.recorder.sound = sound
                model.on(.recordingEnded)
                let first = try await photo(hands, "statement")
                try await hands.sees("statement") { $0.value == .photo(first) }
                model.on(.play(key))
                #expect(model.state.playing == key)
                try await hands.sees("it is heard") { hands.recorder.played != nil }
                #expect(hands.recorder.played == sound)
                hands.recorder.silence()
                #expect(model.state.playing == nil)

                let another = (0..<5000).map { UInt8($0 / 3 & 0xFF) }
                hands.recorder.sound = another
                model.on(.record(key))
                #expect(model.state.recording == key)
                hands.back()
                try await hands.sees("it has ended") { model.state.recording == nil }
                let second = try await photo(hands, "statement", before: first)
                let (record, read) = try await savedAndReceived(hands)
                #expect(read["statement"] == "录音")
                #expect(try await hands.book.page(record).photos.isEmpty, "no picture")
                #expect(try await hands.book.safe().photosPending == 0, "handed in")
                #expect(try await hands.book.photo(second) == another)
            }
        }

        @Test("a draft that is opened again at once has the recording that was just ending")
        func ending() async throws {
            try await begun { hands in
                hands.recorder.sound = (0..<3000).map { UInt8($0 & 0xFF) }
                hands.recorder.slow = true
                try await hands.seesKept()
                let left = try await hands.form
                left.on(.record(try await hands.key("statement")))
                #expect(left.state.recording != nil)
                hands.go(.today)
                let today = try await hands.today
                let draft = try await hands.seen("the draft") { today.state.drafts.first }
                hands.go(draft.place)
                _ = try await hands.form
                hands.recorder.handOver()
                try await hands.answer("name", "龙田路口二号")
                try await hands.sees("statement") { if case .photo = $0.value { true } else { false } }
                #expect(try await photo(hands, "statement").count == 64, "it is in the draft")
            }
        }

        @Test("a line and an area are walked from point to point")
        func lines() async throws {
            try await begun { hands in
                let model = try await hands.form
                for (item, words) in [("fence", "3 个点，长 214 米"), ("plot", "3 个点，5716 平方米")] {
                    let key = try await hands.key(item)
                    model.on(.ownPage(key))
                    try await hands.sees(item) { $0.sketch == nil }
                    let places = [(22.691, 114.347), (22.692, 114.347), (22.692, 114.348), (22.5, 114.0)]
                    for (at, (latitude, longitude)) in places.enumerated() {
                        hands.location.found(latitude: latitude, longitude: longitude)
                        try await hands.sees("a reading of this place") {
                            model.state.standing == hands.location.now.value && model.state.meter != nil
                        }
                        model.on(.pointAdded(key))
                        try await hands.sees(item) { $0.sketch?.words.zh.contains("\(at + 1) 个点") ?? false }
                    }
                    model.on(.pointRemoved(key))
                    try await hands.sees(item) { $0.sketch?.words.zh == words }
                    hands.back()
                    #expect(model.state.ownPage == nil)
                }
                hands.location.found()
                let (_, read) = try await savedAndReceived(hands)
                #expect(read["fence"] == "3 个点，长 214 米")
                #expect(read["plot"] == "3 个点，5716 平方米")
            }
        }

        @Test("a line of one point is no line, and entries have pages of their own")
        func entries() async throws {
            try await begun { hands in
                let model = try await hands.form
                let key = try await hands.key("fence")
                model.on(.ownPage(key))
                try await hands.sees("a reading") { model.state.meter != nil }
                model.on(.pointAdded(key))
                try await hands.sees("fence") { fence in
                    model.state.problemsOf(fence).contains { $0.message.zh.contains("点数不足") }
                }
                model.on(.answered(key, .nothing))
                try await hands.sees("fence") { $0.sketch == nil }
                hands.back()
                try await hands.nextPage()
                let entries = try #require(model.state.look?.entries)
                model.on(.entryAdded(entries.field))
                try await hands.sees("an entry") { model.state.look?.entries?.instances.count == 1 }
                try await hands.nextPage()
                try await hands.answer("shop_name", "便民超市")
                try await hands.save()
                let page = try await hands.record
                #expect(page.state.texts.contains("便民超市"))
            }
        }
    }
}

extension Question {
    /// What the choices are called that are chosen of several.
    fileprivate var chosen: [String] {
        guard case .many(let codes) = value else { return [] }
        return choices.filter { codes.contains($0.code) }.map(\.label.zh)
    }
}
