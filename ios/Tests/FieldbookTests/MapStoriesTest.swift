import Testing

@testable import Fieldbook

extension Stories {
    /// The map of the grid, by the worker's fingers.
    @Suite(.serialized)
    @MainActor
    struct MapStoriesTest {
        /// As wide as a finger, pixels.
        private static let finger: Float = 48
        private static let middle = (x: Float(Hands.map.width) / 2, y: Float(Hands.map.height) / 2)

        private func openMap(_ hands: Hands) async throws -> MapModel {
            hands.go(.find)
            _ = try await hands.finding
            hands.go(.map)
            return try await hands.map
        }

        private func sees(_ hands: Hands, _ model: MapModel, marks: Int, drafts: Int = 0) async throws {
            try await hands.sees("\(marks) records, \(drafts) drafts") {
                model.state.drawn.map { $0.size == marks && $0.drafts.count == drafts } ?? false
            }
        }

        /// Goes where the device is.
        private func here(_ hands: Hands, _ model: MapModel) async throws {
            try await hands.sees("the place") { model.state.place.reading != nil }
            model.on(.here)
            try await hands.sees("it is drawn") {
                guard let view = model.state.view, let drawn = model.state.drawn else { return false }
                return drawn.covers(view)
            }
        }

        private func touch(_ model: MapModel, _ at: (x: Float, y: Float) = middle) {
            model.on(.touched(x: at.x, y: at.y, within: Self.finger))
        }

        @Test("a record is found on the map where it was captured and opened by a touch")
        func found() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("龙田路口")
                hands.back()
                let model = try await openMap(hands)
                try await sees(hands, model, marks: 1)
                try await here(hands, model)
                let view = try #require(try await hands.book.mapOfGrids(widthPx: 480, heightPx: 800))
                let list = try await hands.book.drawMap(view, type: nil)
                #expect(list.standing(0) == .waiting)
                #expect(list.record(0) == record)
                #expect(list.outlines.contains { $0.grid == City.grid && $0.corners.count >= 6 })
                // It was captured where the worker stands: in the middle now.
                touch(model)
                try await hands.seesRecord(of: "龙田路口")
                hands.back()
                model.on(.moved(dx: 200, dy: 0, zoom: 1, x: Self.middle.x, y: Self.middle.y))
                touch(model)
                try await hands.settle()
                _ = try await hands.map
                touch(model, (Self.middle.x + 200, Self.middle.y))
                try await hands.seesRecord(of: "龙田路口")
            }
        }

        @Test("a draft lies on the map where its point was taken, is opened by a touch, and hidden by its sign")
        func draft() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.begin("问题隐患")
                try await hands.answer("place", "写了一半")
                let form = try await hands.form
                try await hands.sees("a reading") { form.state.meter != nil }
                form.on(.takePlace(try await hands.key("location")))
                try await hands.sees("location") { if case .point = $0.value { true } else { false } }
                try await hands.settle()
                hands.back()
                let model = try await openMap(hands)
                try await sees(hands, model, marks: 0, drafts: 1)
                try await here(hands, model)
                model.on(.showsDrafts)
                touch(model)
                try await hands.settle()
                _ = try await hands.map
                model.on(.showsDrafts)
                touch(model)
                try await hands.says("place", "写了一半")
            }
        }

        @Test("the scale bar tells a round length, a longer one from farther away")
        func bar() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.hazard("龙田路口")
                hands.back()
                let model = try await openMap(hands)
                try await sees(hands, model, marks: 1)
                let near = try await hands.seen("a bar") { model.state.bar?.metres }
                let digits = String(near).reversed().drop { $0 == "0" }.reversed().map(String.init).joined()
                #expect(["1", "2", "5"].contains(digits), "\(near)")
                for _ in 1...2 { model.on(.zoomed(by: 1 / 1.5)) }
                try await hands.sees("a longer one") { (model.state.bar?.metres ?? 0) > near }
                for _ in 1...8 { model.on(.zoomed(by: 1.5)) }
                try await hands.sees("a shorter one") { (model.state.bar?.metres ?? near) < near }
            }
        }

        @Test("several records at one place are told apart, and what is hidden is not touched")
        func several() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                for place in ["一号井", "二号井"] {
                    try await hands.hazard(place)
                    hands.back()
                }
                var model = try await openMap(hands)
                try await sees(hands, model, marks: 2)
                try await here(hands, model)
                touch(model)
                try await hands.sees("both") { model.state.picked.count == 2 }
                for place in ["一号井", "二号井"] { #expect(model.state.picked.contains { $0.title.zh.contains(place) }) }
                model.on(.unpicked)
                model.on(.shows(.waiting))
                touch(model)
                try await hands.settle()
                #expect(model.state.picked.isEmpty, "hidden")
                hands.back()
                try await hands.sync()
                model = try await openMap(hands)
                try await sees(hands, model, marks: 2)
                try await here(hands, model)
                touch(model)
                try await hands.sees("both, received") { model.state.picked.count == 2 }
            }
        }
    }
}
