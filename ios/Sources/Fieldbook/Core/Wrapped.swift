/// A field book that does most things as another one does.
protocol WrappedFieldbook: Fieldbook {
    var book: any Fieldbook { get }
}

extension WrappedFieldbook {
    func me() async throws -> Me? { try await book.me() }
    func enrol(code: String, device: String) async throws -> Enrolment {
        try await book.enrol(code: code, device: device)
    }
    func pollEnrolment() async throws -> Enrolment { try await book.pollEnrolment() }
    func hasPin() async throws -> Bool { try await book.hasPin() }
    func setPin(old: String?, new: String) async throws { try await book.setPin(old: old, new: new) }
    func checkPin(_ pin: String) async throws { try await book.checkPin(pin) }
    func types() async throws -> [Int: RecordType] { try await book.types() }
    func grids() async throws -> [Grid] { try await book.grids() }
    func safe() async throws -> Safe { try await book.safe() }
    func drafts() async throws -> [Draft] { try await book.drafts() }
    func draftOf(_ record: String) async throws -> Draft? { try await book.draftOf(record) }
    func discardDraft(_ id: Int64) async throws { try await book.discardDraft(id) }
    func mapOfGrids(widthPx: Int, heightPx: Int) async throws -> MapView? {
        try await book.mapOfGrids(widthPx: widthPx, heightPx: heightPx)
    }
    func drawMap(_ view: MapView, type: Int?) async throws -> MapList { try await book.drawMap(view, type: type) }
    func conflicts() async throws -> [Row] { try await book.conflicts() }
    func list(_ filter: ListFilter, after: ListEnd?) async throws -> ListPage {
        try await book.list(filter, after: after)
    }
    func counts() async throws -> [RecordCount] { try await book.counts() }
    func find(_ query: String) async throws -> Hits { try await book.find(query) }
    func page(_ record: String) async throws -> Page { try await book.page(record) }
    func confirmVisit(_ record: String, fix: Fix?) async throws { try await book.confirmVisit(record, fix: fix) }
    func reasonsGone(type: Int) async throws -> [Choice] { try await book.reasonsGone(type: type) }
    func delete(_ record: String, reason: Code, fix: Fix?) async throws {
        try await book.delete(record, reason: reason, fix: fix)
    }
    func restore(_ record: String, fix: Fix?) async throws { try await book.restore(record, fix: fix) }
    func distance(_ record: String, fix: Fix) async throws -> Int? { try await book.distance(record, fix: fix) }
    func takeUp(_ refused: String) async throws -> Int64 { try await book.takeUp(refused) }
    func reveal(_ record: String, field: FieldKey, reason: RevealReason) async throws -> [String: Words] {
        try await book.reveal(record, field: field, reason: reason)
    }
    func revealed(max: Int) async throws -> [Revealed] { try await book.revealed(max: max) }
    func choose(_ record: String, field: FieldKey, chosen: Written, seen: [Written]) async throws {
        try await book.choose(record, field: field, chosen: chosen, seen: seen)
    }
    func satellites(_ ms: Int64) { book.satellites(ms) }
    func addPhoto(_ bytes: [UInt8]) async throws -> String { try await book.addPhoto(bytes) }
    func photo(_ hash: String) async throws -> [UInt8] { try await book.photo(hash) }
    func duplicates(type: Int, scheme: String, code: String) async throws -> Duplicates {
        try await book.duplicates(type: type, scheme: scheme, code: code)
    }
    func startForm(type: Int, record: String?) async throws -> any Form {
        try await book.startForm(type: type, record: record)
    }
    func resumeDraft(_ id: Int64) async throws -> any Form { try await book.resumeDraft(id) }
    func waiting() async throws -> [Waiting] { try await book.waiting() }
    func diagnostics(about: [String]) async throws -> String { try await book.diagnostics(about: about) }
    func runs(max: Int) async throws -> [Run] { try await book.runs(max: max) }
    func startSync(_ facts: Facts, heard: any SyncHeard, photos: Bool) async throws -> any SyncHandle {
        try await book.startSync(facts, heard: heard, photos: photos)
    }
    func close() { book.close() }
}

/// A form that does most things as another one does.
protocol WrappedForm: Form {
    var form: any Form { get }
}

extension WrappedForm {
    var type: Int { form.type }
    var record: String? { form.record }
    func left() async throws -> Bool { try await form.left() }
    func look(_ at: ScreenName?) async throws -> Look { try await form.look(at) }
    func firstError() async throws -> ScreenName? { try await form.firstError() }
    func answer(_ field: FieldKey, _ value: Value) async throws { try await form.answer(field, value) }
    func toggle(_ field: FieldKey, _ code: Code) async throws { try await form.toggle(field, code) }
    func slide(_ field: FieldKey, by: Int) async throws { try await form.slide(field, by: by) }
    func rank(_ field: FieldKey, _ code: Code, by: Int) async throws { try await form.rank(field, code, by: by) }
    func moveDay(_ field: FieldKey, days: Int) async throws { try await form.moveDay(field, days: days) }
    func confirm(_ field: FieldKey) async throws { try await form.confirm(field) }
    func asItWas(_ field: FieldKey) async throws { try await form.asItWas(field) }
    func reveal(_ field: FieldKey, _ reason: RevealReason) async throws { try await form.reveal(field, reason) }
    func addRepeat(_ field: Int) async throws { try await form.addRepeat(field) }
    func removeRepeat(_ field: Int, _ instance: UInt64) async throws { try await form.removeRepeat(field, instance) }
    func addPhoto(_ field: FieldKey, _ hash: String) async throws { try await form.addPhoto(field, hash) }
    func removePhoto(_ field: FieldKey, _ hash: String) async throws { try await form.removePhoto(field, hash) }
    func addPoint(_ field: FieldKey, _ fix: Fix) async throws { try await form.addPoint(field, fix) }
    func removePoint(_ field: FieldKey) async throws { try await form.removePoint(field) }
    func keep() async throws -> Int64 { try await form.keep() }
    func save(fix: Fix?, grid: String?) async throws -> String { try await form.save(fix: fix, grid: grid) }
}
