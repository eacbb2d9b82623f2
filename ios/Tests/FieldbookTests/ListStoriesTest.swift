import Foundation
import Testing

@testable import Fieldbook

extension Stories {
    /// All that the phone holds, looked through without a word typed, and the way to one of it.
    @Suite(.serialized)
    @MainActor
    struct ListStoriesTest {
        private static let page = 50

        @Test("all records are there without a word typed, with how they stand, by type")
        func all() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.hazard("一号井")
                hands.back()
                try await hands.sync()
                try await hands.hazard("二号井")
                hands.back()
                try await capture(hands, Types.dispute, ["name": "矛盾甲", "kind": "邻里纠纷"])
                hands.go(.find)
                let model = try await hands.finding
                let listed = try await hands.seen("all records") { model.state.rows }
                #expect(model.state.count(ListFilter()) == 3)
                #expect(titles(listed) == ["矛盾甲", "二号井", "一号井"])
                #expect(listed.map(\.standing) == [.waiting, .waiting, .received], "one was not sent")
                #expect(try await hands.book.list(ListFilter(), after: nil).rows == listed)
                let hazards = ListFilter(type: Types.hazard)
                #expect(model.state.types[Types.hazard]?.label.zh == "问题隐患" && model.state.count(hazards) == 2)
                model.on(.only(hazards))
                try await hands.sees("hazards") { titles(model.state.rows ?? []) == ["二号井", "一号井"] }
                let disputes = ListFilter(type: Types.dispute)
                #expect(model.state.types[Types.dispute]?.label.zh == "矛盾纠纷" && model.state.count(disputes) == 1)
                model.on(.only(disputes))
                try await hands.sees("none of another type") { titles(model.state.rows ?? []) == ["矛盾甲"] }
                // What is typed is looked for among all.
                model.on(.typed("一号"))
                try await hands.sees("the record") { model.state.hits?.rows.first?.title.zh.contains("一号井") ?? false }
            }
        }

        private func titles(_ rows: [Listed]) -> [String] {
            rows.map { $0.row.title.zh.components(separatedBy: " · ").last ?? "" }
        }

        /// A new record, past the screens: answers in words, by item.
        private func capture(_ hands: Hands, _ type: Int, _ answers: [String: String]) async throws {
            let form = try await hands.book.startForm(type: type, record: nil)
            var at: ScreenName?
            repeat {
                let look = try await form.look(at)
                for question in look.questions {
                    guard let words = answers[question.item], let key = question.key else { continue }
                    let value: Value =
                        if question.kind == .yesNo {
                            .truth(words == "是")
                        } else if question.choices.isEmpty {
                            .text(words)
                        } else {
                            .one(try #require(question.choices.first { $0.label.zh == words }, "\(words)").code)
                        }
                    try await form.answer(key, value)
                }
                // An answer may have brought other pages.
                at = try await form.look(look.name).next
            } while at != nil
            _ = try await form.save(fix: hands.location.now.value.fix, grid: City.grid)
        }

        private func hazardPast(_ hands: Hands, _ place: String) async throws {
            let answers = [
                "category": "消防隐患",
                "level": "一般",
                "place": place,
                "description": "楼道堆放杂物",
                "settled_at_once": "否",
            ]
            try await capture(hands, Types.hazard, answers)
        }

        @Test("the next page comes when the end of the list is seen")
        func pages() async throws {
            try await story { hands in
                try await hands.enrol()
                try await hazardPast(hands, "最早的井")
                for number in 0..<Self.page + 5 { try await hazardPast(hands, "井 \(number)") }
                #expect(try await hands.book.list(ListFilter(), after: nil).rows.count == Self.page)
                hands.go(.find)
                let model = try await hands.finding
                let first = try await hands.seen("the first page") { model.state.rows }
                #expect(first.count == Self.page && titles(first).first == "井 \(Self.page + 4)")
                model.on(.more)
                try await hands.sees("the end") { titles(model.state.rows ?? []).last == "最早的井" }
                #expect(model.state.rows?.count == Self.page + 6 && model.state.next == nil)
            }
        }

        /// Which of the apps are there, the page asks the system, as it does for the words where none is.
        @Test("map apps are given a record's place in their own datum, and none is said to be there where none is")
        func way() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                try await hands.hazard("龙田路口")
                let page = try await hands.record
                let spot = try #require(page.state.page?.row.point)
                let ways = Dictionary(uniqueKeysWithValues: spot.ways().map { ($0.app, $0.url.absoluteString) })
                #expect(Set(ways.keys) == Set(MapApp.allCases))
                let amap = try #require(ways[.amap])
                #expect(amap.hasPrefix("iosamap://"))
                #expect(amap.contains("lat=22.691000&lon=114.347000&dev=1"), "it is told the datum: \(amap)")
                // Some six hundred metres off, as maps of China are drawn.
                let apple = try #require(ways[.apple]?.after("ll=")).before("&")
                let place = apple.split(separator: ",").compactMap { Double($0) }
                try #require(place.count == 2)
                #expect((-0.004 ... -0.002).contains(place[0] - 22.691), "\(apple)")
                #expect((0.004...0.006).contains(place[1] - 114.347), "\(apple)")
                #expect(ways[.tencent]?.contains("coord:\(apple)") == true)
            }
        }
    }
}
