import Testing

@testable import Fieldbook

extension Stories {
    /// At each screen the phone is turned and the process ends; the person finds what was there, to the letter.
    @Suite(.serialized)
    @MainActor
    struct SurvivalStoriesTest {
        @Test("every screen is found as it was left")
        func survival() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("兰竹路", photo: Jpeg.picture())
                hands.back()
                try await hands.sync()
                let bai = try await Colleague("白")
                try await hands.dispute(record, bai)
                try bai.close()
                let survival = Survival(hands)
                try await survival.at(.today, "兰竹路")
                try await survival.at(.new, "问题隐患")
                try await survival.at(.map, "一网格")
                try await survival.at(.sync, "pushed: 1")
                try await survival.at(.settings, "version tests")
                try await survival.at(.pin, "current")
                try await survival.at(.record(record), "兰竹路")
                try await survival.at(.conflicts(nil), "兰竹路")
                try await survival.at(.conflicts(record), "井盖松动") { try await touch("井盖松动", hands) }
                #expect(try await hands.conflicts.state.chosenTexts == ["井盖松动"])
                try await survival.at(.scan(asker: "query"), "ready")
                try await survival.at(.photo(asker: "photos", taken: nil), "ready")
                try await survival.at(.find, "兰竹路") { try await hands.finding.on(.typed("兰竹")) }
                try await survival.at(.form(type: Types.hazard, record: nil, draft: nil, nonce: 1), "写了一半，还没") {
                    try await hands.choose("category", "消防隐患")
                    try await hands.answer("place", "打字打到一半")
                    try await hands.answer("description", "写了一半，还没")
                }
                try await survival.at(.form(type: Types.hazard, record: record, draft: nil, nonce: 2), "改了一半") {
                    try await hands.answer("description", "改了一半")
                }
                #expect(survival.covered == Set(0..<Place.kinds), "each screen has its turn")
            }
        }

        private func touch(_ text: String, _ hands: Hands) async throws {
            let model = try await hands.conflicts
            let field = try await hands.seen("the field") { model.state.page?.fields.first(where: \.inConflict) }
            let value = try #require(field.values.first { $0.said.text.zh == text })
            model.on(.choose(field.key, dot: value.dot))
        }
    }
}

/// The hands at each place, and what the eyes saw.
@MainActor
private final class Survival {
    private let hands: Hands
    private(set) var covered: Set<Int> = []

    init(_ hands: Hands) { self.hands = hands }

    /// Goes there, does something, turns the phone, ends the process, and looks whether it is the same.
    func at(
        _ place: Place,
        _ sign: String,
        source: SourceLocation = #_sourceLocation,
        _ act: () async throws -> Void = {}
    ) async throws {
        covered.insert(place.kind)
        hands.go(place)
        try await act()
        try await hands.sees(sign, at: source) { hands.words.contains { $0.contains(sign) } }
        try await hands.settle()
        let before = try await settled()
        try await hands.rotate()
        try await same("\(place) turned", before, source)
        try await hands.die()
        try await same("\(place) after the process ended", before, source)
    }

    /// What is shown once nothing more comes: the core answers on threads that nobody here waits for.
    private func settled() async throws -> [String] {
        var before = hands.words
        var alike = 0
        try await hands.sees("nothing more comes") {
            try await Task.sleep(for: .milliseconds(20))
            let now = hands.words
            alike = now == before ? alike + 1 : 0
            before = now
            return alike == 6
        }
        return before
    }

    private func same(_ what: String, _ before: [String], _ source: SourceLocation) async throws {
        let late = ContinuousClock.now + .seconds(10)
        while hands.words != before, ContinuousClock.now < late {
            try await hands.sees("a moment", at: source) { true }
            try await Task.sleep(for: .milliseconds(20))
        }
        let after = hands.words
        #expect(after == before, "\(what)", sourceLocation: source)
    }
}

extension Place {
    /// How many kinds of places there are.
    fileprivate static let kinds = 12

    /// Tells the kinds apart.
    fileprivate var kind: Int {
        switch self {
        case .today: 0
        case .find: 1
        case .new: 2
        case .sync: 3
        case .settings: 4
        case .map: 5
        case .pin: 6
        case .record: 7
        case .conflicts: 8
        case .form: 9
        case .scan: 10
        case .photo: 11
        }
    }
}

extension ConflictsState {
    /// What the values say that were touched.
    fileprivate var chosenTexts: [String] {
        let values = page?.fields.flatMap(\.values) ?? []
        return values.filter { chosen.values.contains($0.dot) }.map(\.said.text.zh).sorted()
    }
}

extension Hands {
    /// What a person reads on the screen, and what is chosen there.
    fileprivate var words: [String] {
        switch root.screen {
        case .today(let model): words(model.state)
        case .find(let model): words(model.state)
        case .new(let model): model.state.types.map(\.label.zh)
        case .sync(let model): words(model.state)
        case .settings(let model): words(model.state)
        case .map(let model): words(model.state)
        case .pin(let model, _): ["\(model.state.task) \(model.state.step) \(model.state.typed)"]
        case .record(let model):
            ["\(model.state.page as Page?)", "\(model.state.awayM ?? -1) \(model.state.photo ?? "")"]
        case .conflicts(let model): words(model.state)
        case .form(let model): words(model.state)
        case .scan(let model): ["\(model.state.camera) \(model.state.torch)"]
        case .photo(let model): ["\(model.state.camera) \(model.state.torch) \(model.state.taken ?? "")"]
        default: [shown]
        }
    }

    private func words(_ state: TodayState) -> [String] {
        ["\(state.me as Me?)", "\(state.safe as Safe?)", "free \(state.freeMib ?? 0)"]
            + state.drafts.map { "draft \($0.type)" } + state.conflicts.map(\.title.zh)
    }

    private func words(_ state: FindState) -> [String] {
        [state.query, "\(state.filter)"] + (state.hits?.rows ?? []).map(\.title.zh)
            + (state.rows ?? []).map(\.row.title.zh) + state.counts.map { "\($0)" }
    }

    private func words(_ state: SyncState) -> [String] {
        ["\(state.safe as Safe?)", "\(state.chosen)", "running \(state.now.running)"]
            + state.runs.map { "\($0)" } + state.waiting.map { "\($0)" }
    }

    private func words(_ state: SettingsState) -> [String] {
        ["\(state.chosen)", "version \(state.version)", "\(state.health as Health?)", "\(state.revealed)"]
    }

    private func words(_ state: MapState) -> [String] {
        let marks = state.drawn.map { list in (0..<list.size).map { "\(list.record($0)) \(list.standing($0))" } }
        return ["\(state.view as MapView?)", "\(state.bar as ScaleBar?)", "\(state.type ?? 0)"]
            + (marks ?? []) + (state.drawn?.outlines.map(\.name) ?? [])
    }

    private func words(_ state: ConflictsState) -> [String] {
        ["\(state.page as Page?)"] + (state.rows ?? []).map(\.title.zh) + state.chosenTexts.map { "chosen \($0)" }
    }

    private func words(_ state: FormState) -> [String] {
        guard let look = state.look else { return [] }
        let questions = look.questions.map { question in
            let typed = question.key.flatMap { state.typed[$0] } ?? typedOf(question.value)
            return "\(question.item): \(typed) \(question.value) \(question.photos)"
        }
        return ["\(look.heading.zh) \(look.title.zh) \(look.number)/\(look.of)", "\(state.standing)"] + questions
    }
}
