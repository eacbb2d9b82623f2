import Foundation
internal import GridweaveFFI

/// The field book of the Rust core. Beside `Translate*.swift` and the other `Rust*.swift` the only code that knows the
/// bindings.
public final class RustFieldbook: Fieldbook {
    private let book: OpenBook

    init(_ book: GridweaveFFI.Fieldbook) { self.book = OpenBook(book) }

    /// Opens the field book in `directory`, making it if it is not there; `key` has 32 bytes. Blocking.
    public static func open(directory: String, key: [UInt8]) throws -> RustFieldbook {
        try translated { RustFieldbook(try GridweaveFFI.Fieldbook.open(dir: directory, key: Data(key))) }
    }

    public func me() async throws -> Me? {
        do {
            let identity = try await told { try $0.identity() }
            return Me(name: identity.personName, organisation: identity.organisation)
        } catch let trouble as Trouble where trouble.next == .enrol {
            return nil
        }
    }

    public func enrol(code: String, device: String) async throws -> Enrolment {
        let code = code.trimmingCharacters(in: .whitespacesAndNewlines)
        return try await told { try $0.enrol(code: code, device: device).ours() }
    }

    public func pollEnrolment() async throws -> Enrolment { try await told { try $0.pollEnrolment().ours() } }

    public func hasPin() async throws -> Bool { try await told { try $0.hasPin() } }

    public func setPin(old: String?, new: String) async throws {
        try await told { try $0.setPin(old: old, new: new) }
    }

    public func checkPin(_ pin: String) async throws { try await told { try $0.checkPin(pin: pin) } }

    public func types() async throws -> [Int: RecordType] {
        let all = try await told { $0.recordTypes().map { $0.ours() } }
        return Dictionary(all.map { ($0.no, $0) }, uniquingKeysWith: { $1 })
    }

    public func grids() async throws -> [Grid] {
        try await told { $0.grids().map { Grid(code: $0.code, name: $0.name) } }
    }

    public func safe() async throws -> Safe { try await told { try $0.safe().ours() } }

    public func drafts() async throws -> [Draft] { try await told { try $0.drafts().map { $0.ours() } } }

    public func draftOf(_ record: String) async throws -> Draft? {
        try await told { try $0.draftOf(record: record)?.ours() }
    }

    public func discardDraft(_ id: Int64) async throws { try await told { try $0.discardDraft(id: id) } }

    public func conflicts() async throws -> [Row] { try await told { try $0.conflicts().map { $0.ours() } } }

    public func mapOfGrids(widthPx: Int, heightPx: Int) async throws -> MapView? {
        try await told {
            $0.mapOfGrids(widthPx: UInt32(clamping: widthPx), heightPx: UInt32(clamping: heightPx))?.ours()
        }
    }

    public func drawMap(_ view: MapView, type: Int?) async throws -> MapList {
        try await told {
            try $0.drawMap(view: view.theirs(), recordType: type.map { UInt16(clamping: $0) }).ours(view)
        }
    }

    public func list(_ filter: ListFilter, after: ListEnd?) async throws -> ListPage {
        try await told { try $0.listRecords(filter: filter.theirs(), after: after?.theirs()).ours() }
    }

    public func counts() async throws -> [RecordCount] { try await told { try $0.recordCounts().map { $0.ours() } } }

    public func find(_ query: String) async throws -> Hits { try await told { try $0.find(query: query).ours() } }

    public func page(_ record: String) async throws -> Page {
        try await told { try $0.recordPage(record: record).ours() }
    }

    public func confirmVisit(_ record: String, fix: Fix?) async throws {
        try await told { _ = try $0.confirmVisit(record: record, fix: fix?.theirs()) }
    }

    public func reasonsGone(type: Int) async throws -> [Choice] {
        try await told { $0.reasonsGone(recordType: UInt16(clamping: type)).map { $0.ours() } }
    }

    public func delete(_ record: String, reason: Code, fix: Fix?) async throws {
        try await told { _ = try $0.delete(record: record, reason: reason.code, fix: fix?.theirs()) }
    }

    public func restore(_ record: String, fix: Fix?) async throws {
        try await told { _ = try $0.restore(record: record, fix: fix?.theirs()) }
    }

    public func distance(_ record: String, fix: Fix) async throws -> Int? {
        try await told { try $0.distanceFrom(record: record, fix: fix.theirs()).map { Int($0) } }
    }

    public func takeUp(_ refused: String) async throws -> Int64 { try await told { try $0.takeUp(refused: refused) } }

    public func reveal(_ record: String, field: FieldKey, reason: RevealReason) async throws -> [String: Words] {
        try await told {
            let values = try $0.reveal(record: record, field: field.theirs(), reason: reason.theirs())
            return Dictionary(values.map { ($0.dot, $0.text.ours()) }, uniquingKeysWith: { $1 })
        }
    }

    public func revealed(max: Int) async throws -> [Revealed] {
        try await told { try $0.revealed(max: UInt32(clamping: max)).map { $0.ours() } }
    }

    public func choose(_ record: String, field: FieldKey, chosen: Written, seen: [Written]) async throws {
        try await told {
            _ = try $0.choose(record: record, field: field.theirs(), chosen: chosen.dot, seen: seen.map(\.dot))
        }
    }

    /// At once, on the caller's thread. A field book that was closed does not want to know any more.
    public func satellites(_ ms: Int64) { try? book.call { $0.hearGnss(gnssMs: ms) } }

    public func addPhoto(_ bytes: [UInt8]) async throws -> String {
        try await told { try $0.addPhoto(bytes: Data(bytes)) }
    }

    public func photo(_ hash: String) async throws -> [UInt8] { try await told { [UInt8](try $0.photo(photo: hash)) } }

    public func duplicates(type: Int, scheme: String, code: String) async throws -> Duplicates {
        try await told {
            try $0.duplicateCheck(recordType: UInt16(clamping: type), scheme: scheme, code: code).ours()
        }
    }

    public func startForm(type: Int, record: String?) async throws -> any Form {
        let session = try await told { try $0.startForm(recordType: UInt16(clamping: type), record: record) }
        return RustForm(book, session, record: record)
    }

    public func resumeDraft(_ id: Int64) async throws -> any Form {
        let (session, record) = try await told { book in
            let record = try book.drafts().first { $0.id == id }?.record
            return (try book.resumeDraft(id: id), record)
        }
        return RustForm(book, session, record: record)
    }

    public func waiting() async throws -> [Waiting] { try await told { try $0.waiting().map { $0.ours() } } }

    public func diagnostics(about: [String]) async throws -> String {
        try await told { try $0.diagnostics(about: about) }
    }

    public func runs(max: Int) async throws -> [Run] {
        try await told { try $0.sessions(max: UInt32(clamping: max)).map { $0.ours() } }
    }

    public func startSync(_ facts: Facts, heard: any SyncHeard, photos: Bool) async throws -> any SyncHandle {
        let options = SyncOptions(
            photos: photos,
            app: facts.app,
            battery: facts.battery.map { UInt8(clamping: $0) },
            network: facts.network,
            storageFreeMib: facts.storageFreeMib.map { UInt32(clamping: $0) }
        )
        return Running(task: try await told { try $0.syncStart(listener: Heard(heard), options: options) })
    }

    public func close() { book.close() }

    private func told<T: Sendable>(
        _ call: @escaping @Sendable (GridweaveFFI.Fieldbook) throws -> T
    ) async throws -> T {
        try await ask { [book] in try book.call(call) }
    }

    private struct Running: SyncHandle {
        let task: SyncTask

        func cancel() { task.cancel() }
    }

    private final class Heard: SyncListener {
        private let heard: any SyncHeard

        init(_ heard: any SyncHeard) { self.heard = heard }

        func progress(progress: GridweaveFFI.Progress) { heard.progress(progress.ours()) }

        func finished(report: SyncReport) { heard.finished(report.ours()) }
    }
}

/// The field book of the bindings, as all that work with it share it: nobody else keeps it. It is let go of, and with it
/// the lock on its directory, when it is closed and the last call that was running then has ended.
final class OpenBook: @unchecked Sendable {
    private let lock = NSLock()
    private var book: GridweaveFFI.Fieldbook?

    init(_ book: GridweaveFFI.Fieldbook) { self.book = book }

    /// Makes a call here and now. Who asks a field book that was closed is no longer waited for: the asking ends like one
    /// that was cancelled.
    func call<T>(_ call: (GridweaveFFI.Fieldbook) throws -> T) throws -> T {
        guard let open = lock.withLock({ book }) else { throw CancellationError() }
        return try call(open)
    }

    func close() {
        // Out of the lock: what it frees takes its time.
        let closed = lock.withLock {
            defer { book = nil }
            return book
        }
        _ = closed
    }
}

/// Threads on which calls of the core wait.
private let core = DispatchQueue(label: "org.gridweave.core", qos: .userInitiated, attributes: .concurrent)

/// Runs a call of the core off the caller's thread; its errors become ours. A caller that was cancelled meanwhile is told
/// so, whatever the call answered.
func ask<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async throws -> T {
    try Task.checkCancellation()
    let answer: T = try await withCheckedThrowingContinuation { waiting in
        core.async { waiting.resume(with: Result { try translated(call) }) }
    }
    try Task.checkCancellation()
    return answer
}

/// A call of the core, made here and now; its errors become ours.
func translated<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch let error as FieldbookError {
        throw error.ours()
    }
}
