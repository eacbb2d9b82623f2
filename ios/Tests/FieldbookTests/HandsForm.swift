import Testing

@testable import Fieldbook

// The hands on a form.
extension Hands {
    /// A question of the page that is shown.
    func question(_ item: String, at place: SourceLocation = #_sourceLocation) async throws -> Question {
        let model = try await form
        return try await seen("the question \(item)", at: place) {
            model.state.look?.questions.first { $0.item == item }
        }
    }

    func key(_ item: String, at place: SourceLocation = #_sourceLocation) async throws -> FieldKey {
        try #require(try await question(item, at: place).key)
    }

    /// Waits until a question is so.
    func sees(
        _ item: String,
        at place: SourceLocation = #_sourceLocation,
        _ so: @MainActor (Question) -> Bool
    ) async throws {
        let model = try await form
        try await sees("\(item) as it is to be", at: place) {
            model.state.look?.questions.first { $0.item == item }.map(so) ?? false
        }
    }

    /// Answers a question by touching a choice.
    func choose(_ item: String, _ words: String) async throws {
        let question = try await question(item)
        let key = try #require(question.key)
        switch question.kind {
        case .yesNo: try await form.on(.answered(key, .truth(words == "是")))
        case .many:
            try await form.on(.toggled(key, try #require(question.choices.first { $0.label.zh == words }).code))
        default:
            let choice = try #require(question.choices.first { $0.label.zh == words })
            try await form.on(.answered(key, .one(choice.code)))
        }
    }

    /// Answers a question by typing.
    func answer(_ item: String, _ text: String) async throws {
        try await form.on(.typed(question(item), text))
    }

    /// What stands under the fingers at a question.
    func typed(_ item: String) async throws -> String {
        let question = try await question(item)
        let key = try #require(question.key)
        return try await form.state.typed[key] ?? typedOf(question.value)
    }

    func says(_ item: String, _ text: String, at place: SourceLocation = #_sourceLocation) async throws {
        try await sees("\(item) says \(text)", at: place) { try await typed(item) == text }
    }

    /// Takes the place of the app that pictures are chosen in.
    func photo(_ item: String, _ jpeg: [UInt8]) async throws {
        try await form.on(.photoAdded(key(item), Task { jpeg }))
        try await sees(item) { !$0.photos.isEmpty }
    }

    func nextPage() async throws { try await turn(\.next) }

    func previousPage() async throws { try await turn(\.previous) }

    private func turn(_ way: KeyPath<Look, ScreenName?>) async throws {
        let model = try await form
        let to = try await seen("a page to turn to") { model.state.look?[keyPath: way] }
        model.on(.turn(to))
        try await sees("the page \(to)") { model.state.look?.name == to }
    }

    /// All that is typed is kept in the draft.
    func seesKept() async throws {
        let model = try await form
        try await sees("it is kept") { model.state.isKept }
    }

    /// The form's problem is told so.
    func seesTrouble(_ code: String) async throws {
        let model = try await form
        try await sees("the trouble \(code)") { model.state.trouble?.code == code }
    }
}

extension FormState {
    /// Whether the screen says that all is kept.
    var isKept: Bool { draft != nil && unkept == 0 && unkeptBecause == nil }
}
