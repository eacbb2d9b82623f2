import Foundation
import Testing

import struct Fieldbook.Progress

@testable import Fieldbook

/// What is told of sync, on its screen and outside of it. The words are the system's part of the app.
@MainActor
struct NoticesTest {
    private let notices = FakeNotices()

    /// The system shows no progress of a run outside the screens; the screen of sync does.
    @Test("a run by hand shows how far it is, and nothing once it ended")
    func progress() async throws {
        let folder = try temporaryFolder("gridweave-notices")
        let book = try RustFieldbook.open(directory: folder.path, key: [UInt8](repeating: 7, count: 32))
        let run = FakeRun()
        let runs = SyncRuns(book: RunBook(book: book, run: run), version: "tests", services: services())
        runs.start()
        while run.heard == nil { await Task.yield() }
        run.heard?.progress(Progress(stage: .photos, done: 2, total: 5))
        while runs.now.value.progress == nil { await Task.yield() }
        #expect(runs.now.value.running && runs.now.value.progress == Progress(stage: .photos, done: 2, total: 5))
        #expect(notices.told.isEmpty)
        var report = Report()
        report.refused = 2
        run.heard?.finished(report)
        while notices.told.isEmpty { await Task.yield() }
        #expect(!runs.now.value.running && runs.now.value.progress == nil && runs.now.value.report == report)
        #expect(notices.told == [.refused(2)])
        book.close()
        try FileManager.default.removeItem(at: folder)
    }

    /// So does one of a field book that was closed, and that is no trouble.
    @Test func aRunThatIsCancelledWhileItBeginsEnds() async throws {
        let folder = try temporaryFolder("gridweave-cancelled")
        let book = try RustFieldbook.open(directory: folder.path, key: [UInt8](repeating: 7, count: 32))
        let run = FakeRun()
        let runs = SyncRuns(book: RunBook(book: book, run: run), version: "tests", services: services())
        run.held = true
        runs.start()
        while run.heard == nil { await Task.yield() }
        runs.cancel()
        #expect(run.cancels == 0)
        run.held = false
        for _ in 0..<10_000 where run.cancels == 0 { await Task.yield() }
        #expect(run.cancels == 1)
        run.heard?.finished(Report())
        while runs.now.value.running { await Task.yield() }

        (run.heard, run.closed) = (nil, true)
        runs.start()
        while runs.now.value.running { await Task.yield() }
        #expect(run.cancels == 1 && runs.now.value.trouble == nil && runs.now.value.report == nil)
        book.close()
        try FileManager.default.removeItem(at: folder)
    }

    private func services() -> Services {
        Services(
            camera: FakeCamera(),
            recorder: FakeRecorder(),
            managed: FakeManaged(),
            choices: FakeChoices(),
            device: FakeState(),
            jobs: FakeJobs(),
            notices: notices,
            pictures: FakePictures(),
            location: FakeLocation(),
            quickPin: FakeQuickPin(),
            share: { _ in }
        )
    }

    @Test("only what needs the person is told, in the chosen language, and goes when it is done")
    func needed() {
        var report = Report()
        #expect(report.needs(conflicts: 0).isEmpty)
        report.unfinished = .failed(Trouble(next: .retry, code: "unreachable", reason: ""))
        #expect(report.needs(conflicts: 0).isEmpty, "a lost network mends itself")
        report.unfinished = nil
        report.refused = 2
        #expect(report.needs(conflicts: 1) == [.refused(2), .conflicts(1)])
        report.refused = 0
        report.unfinished = .held
        #expect(report.needs(conflicts: 0) == [.held])
        for (next, line) in [(Next.update, NoticeLine.update), (.enrol, .enrol)] {
            report.unfinished = .failed(Trouble(next: next, code: "x", reason: ""))
            #expect(report.needs(conflicts: 0) == [line])
        }
        report.unfinished = nil
        #expect(report.needs(conflicts: 0).isEmpty)
    }
}

@MainActor
private final class FakeChoices: Choices {
    var chosen = Chosen()
}

/// A run that goes as far as the test says.
private final class FakeRun: SyncHandle, @unchecked Sendable {
    private let turn = NSLock()
    private var hears: (any SyncHeard)?
    private var (isHeld, isClosed, cancelled) = (false, false, 0)

    /// It does not begin yet.
    var held: Bool {
        get { turn.withLock { isHeld } }
        set { turn.withLock { isHeld = newValue } }
    }

    /// The field book is closed.
    var closed: Bool {
        get { turn.withLock { isClosed } }
        set { turn.withLock { isClosed = newValue } }
    }

    var cancels: Int { turn.withLock { cancelled } }

    var heard: (any SyncHeard)? {
        get { turn.withLock { hears } }
        set { turn.withLock { hears = newValue } }
    }

    func cancel() { turn.withLock { cancelled += 1 } }
}

/// A real field book, but for its run of sync.
private struct RunBook: WrappedFieldbook {
    let book: any Fieldbook
    let run: FakeRun

    func startSync(_ facts: Facts, heard: any SyncHeard, photos: Bool) async throws -> any SyncHandle {
        if run.closed { throw CancellationError() }
        run.heard = heard
        while run.held { await Task.yield() }
        return run
    }
}
