internal import GridweaveFFI

/// A form of the Rust core.
final class RustForm: Form {
    let type: Int
    let record: String?
    private let book: OpenBook
    private let session: FormSession

    init(_ book: OpenBook, _ session: FormSession, record: String?) {
        type = Int(session.recordType())
        self.record = record
        self.book = book
        self.session = session
    }

    func left() async throws -> Bool { try await told { $0.recordLeft() } }

    func look(_ at: ScreenName?) async throws -> Look {
        try await told { session in
            let screens = session.screens()
            let asked = at.map { ScreenId(item: $0.item, instance: $0.instance) }
            let wanted = asked.flatMap { screens.contains($0) ? $0 : nil } ?? screens.first
            guard let wanted, let place = screens.firstIndex(of: wanted), let screen = session.screen(id: wanted) else {
                throw Trouble(next: .broken, code: "unexpected", reason: "a screen that is asked is there")
            }
            return Look(
                heading: session.label().ours(),
                name: wanted.ours(),
                title: screen.title.ours(),
                number: place + 1,
                of: screens.count,
                next: session.nextScreen(after: wanted)?.ours(),
                previous: session.previousScreen(before: wanted)?.ours(),
                questions: screen.questions.filter(\.relevant).map { $0.ours() },
                entries: screen.entries.map { entries in
                    Entries(
                        field: Int(entries.no),
                        instances: entries.instances,
                        problems: entries.problems.map { $0.ours() }
                    )
                },
                problems: session.problems().map { $0.ours() }
            )
        }
    }

    func firstError() async throws -> ScreenName? {
        try await told { session in
            session.screens().first { id in
                guard let screen = session.screen(id: id) else { return false }
                let asked = screen.questions.filter(\.relevant).flatMap(\.problems)
                return (asked + (screen.entries?.problems ?? [])).contains { $0.severity == .error }
            }?.ours()
        }
    }

    func answer(_ field: FieldKey, _ value: Value) async throws {
        try await told { _ = try $0.answer(field: field.theirs(), value: value.theirs()) }
    }

    func toggle(_ field: FieldKey, _ code: Code) async throws {
        try await told { _ = try $0.toggle(field: field.theirs(), code: code.theirs()) }
    }

    func slide(_ field: FieldKey, by: Int) async throws {
        try await told { _ = try $0.slide(field: field.theirs(), by: Int32(clamping: by)) }
    }

    func rank(_ field: FieldKey, _ code: Code, by: Int) async throws {
        try await told { _ = try $0.rank(field: field.theirs(), code: code.theirs(), by: Int32(clamping: by)) }
    }

    func moveDay(_ field: FieldKey, days: Int) async throws {
        try await withBook { try $0.moveDay(form: $1, field: field.theirs(), days: Int32(clamping: days)) }
    }

    func confirm(_ field: FieldKey) async throws { try await told { try $0.confirm(field: field.theirs()) } }

    func asItWas(_ field: FieldKey) async throws { try await told { _ = try $0.asItWas(field: field.theirs()) } }

    func reveal(_ field: FieldKey, _ reason: RevealReason) async throws {
        try await withBook { try $0.revealAnswer(form: $1, field: field.theirs(), reason: reason.theirs()) }
    }

    func addRepeat(_ field: Int) async throws {
        let instance = UInt64.random(in: .min ... .max)
        try await told { _ = try $0.addRepeat(field: UInt16(clamping: field), instance: instance) }
    }

    func removeRepeat(_ field: Int, _ instance: UInt64) async throws {
        try await told { _ = try $0.removeRepeat(field: UInt16(clamping: field), instance: instance) }
    }

    func addPhoto(_ field: FieldKey, _ hash: String) async throws {
        try await told { _ = try $0.putPhoto(field: field.theirs(), photo: hash) }
    }

    func removePhoto(_ field: FieldKey, _ hash: String) async throws {
        try await told { _ = try $0.dropPhoto(field: field.theirs(), photo: hash) }
    }

    func addPoint(_ field: FieldKey, _ fix: Fix) async throws {
        try await told { _ = try $0.addPoint(field: field.theirs(), point: fix.theirs().point) }
    }

    func removePoint(_ field: FieldKey) async throws {
        try await told { _ = try $0.removePoint(field: field.theirs()) }
    }

    func keep() async throws -> Int64 { try await withBook { try $0.saveDraft(form: $1) } }

    func save(fix: Fix?, grid: String?) async throws -> String {
        try await withBook { try $0.saveForm(form: $1, fix: fix?.theirs(), grid: grid).record }
    }

    /// The form goes no further than its field book, even where the bindings would answer without it.
    private func told<T: Sendable>(_ call: @escaping @Sendable (FormSession) throws -> T) async throws -> T {
        try await withBook { try call($1) }
    }

    private func withBook<T: Sendable>(
        _ call: @escaping @Sendable (GridweaveFFI.Fieldbook, FormSession) throws -> T
    ) async throws -> T {
        try await ask { [book, session] in try book.call { try call($0, session) } }
    }
}
