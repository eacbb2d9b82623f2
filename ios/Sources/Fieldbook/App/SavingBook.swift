/// The field book, that says when something was saved: it wants to be handed in.
struct SavingBook: WrappedFieldbook {
    let book: any Fieldbook
    private let saved: @Sendable () -> Void

    init(_ book: any Fieldbook, saved: @escaping @Sendable () -> Void) {
        self.book = book
        self.saved = saved
    }

    func startForm(type: Int, record: String?) async throws -> any Form {
        SavingForm(form: try await book.startForm(type: type, record: record), saved: saved)
    }

    func resumeDraft(_ id: Int64) async throws -> any Form {
        SavingForm(form: try await book.resumeDraft(id), saved: saved)
    }

    func confirmVisit(_ record: String, fix: Fix?) async throws {
        try await book.confirmVisit(record, fix: fix)
        saved()
    }

    func delete(_ record: String, reason: Code, fix: Fix?) async throws {
        try await book.delete(record, reason: reason, fix: fix)
        saved()
    }

    func restore(_ record: String, fix: Fix?) async throws {
        try await book.restore(record, fix: fix)
        saved()
    }

    func choose(_ record: String, field: FieldKey, chosen: Written, seen: [Written]) async throws {
        try await book.choose(record, field: field, chosen: chosen, seen: seen)
        saved()
    }
}

private struct SavingForm: WrappedForm {
    let form: any Form
    let saved: @Sendable () -> Void

    func save(fix: Fix?, grid: String?) async throws -> String {
        let record = try await form.save(fix: fix, grid: grid)
        saved()
        return record
    }
}
