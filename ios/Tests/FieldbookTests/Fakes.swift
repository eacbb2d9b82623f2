import Foundation

@testable import Fieldbook

/// A receiver that says what the story says.
@MainActor
final class FakeLocation: Location {
    let now = Told(Standing.searching)
    let developerOptions = false

    func standing() -> AsyncStream<Standing> { now.follow() }

    /// Found, in the middle of the city's grid.
    func found(latitude: Double = 22.691, longitude: Double = 114.347, accuracyM: Float = 4.5) {
        let reading = Reading(
            latitude: latitude,
            longitude: longitude,
            accuracyM: accuracyM,
            satellites: true,
            mock: false,
            atMs: wallMs()
        )
        now.value = .here(reading)
    }
}

@MainActor
final class FakeState: DeviceState {
    private let told = Told(Health(network: "wifi", battery: 71, storageFreeMib: 2048))
    let battery: Int? = 71
    let name = "a PDA of the tests"

    var network = "wifi" { didSet { told.value = healthNow } }
    var storageFreeMib = 2048 { didSet { told.value = healthNow } }

    var unmetered: Bool { network == "wifi" }

    func health() -> AsyncStream<Health> { told.follow() }
}

/// A keychain in software, that can be lost.
final class FakeDeviceKeys: DeviceKeys, @unchecked Sendable {
    private let pad = (0..<32).map { _ in UInt8.random(in: 0...255) }
    private let turn = NSLock()
    private var isLost = false

    var lost: Bool {
        get { turn.withLock { isLost } }
        set { turn.withLock { isLost = newValue } }
    }

    func seal(_ plain: [UInt8]) throws -> [UInt8] {
        plain.enumerated().map { at, byte in byte ^ pad[at % pad.count] }
    }

    func open(_ sealed: [UInt8]) throws -> [UInt8] {
        if lost { throw DeviceKeyLost("lost by the story") }
        return try seal(sealed)
    }
}

/// A microphone that hears what the story says, and a loudspeaker that remembers.
@MainActor
final class FakeRecorder: Recorder {
    /// What becomes of recording; none: it records.
    var trouble: RecorderTrouble?
    var sound: [UInt8] = []
    private(set) var played: [UInt8]?
    /// Once finished it hands over only when it is told to.
    var slow = false
    private var ended: () -> Void = {}
    private var over: () -> Void = {}

    func record(_ heard: any RecorderHeard) -> any Recording {
        if let trouble { heard.failed(trouble) }
        return Running(heard: heard, recorder: self, finished: trouble != nil)
    }

    func play(_ sound: [UInt8], ended: @escaping @MainActor () -> Void) -> any Playing {
        played = sound
        self.ended = ended
        return Heard()
    }

    /// What was recorded is there.
    func handOver() {
        let handing = over
        over = {}
        handing()
    }

    /// The sound is over.
    func silence() { ended() }

    private final class Running: Recording {
        private let heard: any RecorderHeard
        private let recorder: FakeRecorder
        private var finished: Bool

        init(heard: any RecorderHeard, recorder: FakeRecorder, finished: Bool) {
            self.heard = heard
            self.recorder = recorder
            self.finished = finished
        }

        func finish() {
            if !finished { recorder.over = { [heard, recorder] in heard.recorded(recorder.sound) } }
            finished = true
            if !recorder.slow { recorder.handOver() }
        }
    }

    private final class Heard: Playing {
        func close() {}
    }
}

/// What would be asked of the system.
@MainActor
final class FakeJobs: SyncJobs {
    var standing = false
    var soon = false
    var photos = false

    func arm(_ chosen: Chosen) {
        standing = chosen.backgroundSync
        if !standing { (soon, photos) = (false, false) }
    }

    func soon(_ chosen: Chosen) { soon = chosen.backgroundSync }

    func photosOnWifi(_ chosen: Chosen) { photos = chosen.backgroundSync }
}

/// What would be told outside the screens.
@MainActor
final class FakeNotices: Notices {
    var allowed = true
    private(set) var waiting = false
    private(set) var told: [NoticeLine] = []

    func waits() { waiting = true }

    func waitsNoMore() { waiting = false }

    func needed(_ lines: [NoticeLine]) { told = lines }
}

@MainActor
final class FakeManaged: Managed {
    let told = Told(ManagedSettings())

    var now: ManagedSettings { told.value }

    func settings() -> AsyncStream<ManagedSettings> { told.follow() }
}

/// There is no codec here: what begins as a JPEG is a picture and is kept as it is, or as `answer` where a story sets it.
actor FakePictures: Pictures {
    private(set) var asked: [(bytes: [UInt8], mark: [String])] = []
    private(set) var signed: [[Float]] = []
    private var answer: [UInt8]?

    func answer(_ bytes: [UInt8]) { answer = bytes }

    func prepare(_ bytes: [UInt8], mark: [String]) async -> [UInt8]? {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        asked.append((bytes, mark))
        return answer ?? bytes
    }

    func signature(_ strokes: [[Float]]) async -> [UInt8] {
        signed = strokes
        return Jpeg.ink
    }
}

/// The rescue file: here a copy of the folder as it lies.
struct FakeRescue: Rescue {
    /// Where the copies go.
    let packed: URL
    let storage: FakeStorage

    func pack(_ folders: [URL], told: @Sendable (Float) -> Void) throws -> [URL] {
        try packing(into: packed) {
            try folders.map { folder in
                let copy = packed.appendingPathComponent(folder.lastPathComponent)
                try FileManager.default.copyItem(at: folder, to: copy)
                if let refused = storage.refused { throw refused }
                told(1)
                return copy
            }
        }
    }
}

/// Where the rescue file goes: what comes in the way once a part is written.
final class FakeStorage: @unchecked Sendable {
    private let turn = NSLock()
    private var error: (any Error)?

    var refused: (any Error)? {
        get { turn.withLock { error } }
        set { turn.withLock { error = newValue } }
    }
}

/// The real field book, but for what its story says of the clock, and for what it holds up.
struct HeldBook: WrappedFieldbook {
    let book: any Fieldbook
    let clock: FakeClock
    let hold: FakeHold

    func safe() async throws -> Safe {
        var safe = try await book.safe()
        safe.clockOffsetMs = clock.offsetMs ?? safe.clockOffsetMs
        return safe
    }

    func checkPin(_ pin: String) async throws {
        try await hold.pass(.pin)
        try await book.checkPin(pin)
    }

    func setPin(old: String?, new: String) async throws {
        try await hold.pass(.pin)
        try await book.setPin(old: old, new: new)
    }

    func startForm(type: Int, record: String?) async throws -> any Form {
        try await hold.pass(.begin)
        return HeldForm(form: try await book.startForm(type: type, record: record), hold: hold)
    }

    func resumeDraft(_ id: Int64) async throws -> any Form {
        try await hold.pass(.begin)
        return HeldForm(form: try await book.resumeDraft(id), hold: hold)
    }

    func startSync(_ facts: Facts, heard: any SyncHeard, photos: Bool) async throws -> any SyncHandle {
        try await hold.pass(.sync)
        return try await book.startSync(facts, heard: heard, photos: photos)
    }
}

private struct HeldForm: WrappedForm {
    let form: any Form
    let hold: FakeHold

    func look(_ at: ScreenName?) async throws -> Look {
        try await hold.pass(.look)
        return try await form.look(at)
    }

    func keep() async throws -> Int64 {
        try await hold.pass(.keep)
        return try await form.keep()
    }

    func save(fix: Fix?, grid: String?) async throws -> String {
        try await hold.pass(.save)
        return try await form.save(fix: fix, grid: grid)
    }
}

/// What a story holds up of the core until it lets it go on, or refuses once.
final class FakeHold: @unchecked Sendable {
    enum Call { case begin, look, keep, save, pin, sync }

    private let turn = NSLock()
    private var held: Set<Call> = []
    private var refused: Set<Call> = []

    func hold(_ call: Call) { turn.withLock { _ = held.insert(call) } }

    func refuse(_ call: Call) { turn.withLock { _ = refused.insert(call) } }

    func letGo(_ call: Call) { turn.withLock { _ = held.remove(call) } }

    func pass(_ call: Call) async throws {
        while turn.withLock({ held.contains(call) }) { try? await away { usleep(1000) } }
        if turn.withLock({ refused.remove(call) != nil }) {
            throw Trouble(next: .retry, code: "in_use", reason: "refused by the story")
        }
    }
}

/// How wrong this device's clock is said to be, where a story wants that.
final class FakeClock: @unchecked Sendable {
    private let turn = NSLock()
    private var said: Int64?

    var offsetMs: Int64? {
        get { turn.withLock { said } }
        set { turn.withLock { said = newValue } }
    }
}
