import Foundation
import Testing

@testable import Fieldbook

/// A worker's hands and eyes on the real app. No screen is drawn here: the hands do to the models what views would, the
/// eyes look at the states that views are drawn from.
@MainActor
final class Hands {
    static let pin = "271828"

    /// The phone, whichever process runs on it: its storage, and what else it has.
    let place: URL
    let location = FakeLocation()
    let device = FakeState()
    let camera = FakeCamera()
    let recorder = FakeRecorder()
    let jobs = FakeJobs()
    let notices = FakeNotices()
    let managed = FakeManaged()
    let pictures = FakePictures()
    let quickPin = FakeQuickPin()
    let key = FakeDeviceKeys()
    let clock = FakeClock()
    let hold = FakeHold()
    /// What was offered to other apps, each time.
    private(set) var offered: [[URL]] = []
    let storage = FakeStorage()
    private let defaults: UserDefaults
    private let suite = "gridweave-tests-\(UUID().uuidString)"
    /// How much later it is than the clock says.
    private var passed = Duration.zero

    /// The process.
    private(set) var app: GridweaveApp!
    private(set) var root: Root!
    private(set) var saved: Saved!
    /// The camera's picture that is drawn: whose it is, and at which attempt it was opened.
    private var drawn: (model: AnyObject, attempt: Int, session: any CameraSession)?
    /// The map that knows how large it is drawn.
    private var sized: MapModel?

    /// Pixels of the map.
    static let map = (width: 720, height: 1280)

    /// The field book will lie in a folder of `place`.
    init(_ place: URL) throws {
        self.place = place
        defaults = try #require(UserDefaults(suiteName: suite))
    }

    static func fieldbook(_ place: URL) -> URL { place.appendingPathComponent("fieldbook") }

    var folder: URL { Self.fieldbook(place) }

    /// Where the rescue files go.
    var packed: URL { place.appendingPathComponent("packed") }

    var book: any Fieldbook { get async throws { try await app.parts().book } }

    /// Begins a process with what the one before has left.
    func open(_ left: Data? = nil) async {
        let services = Services(
            camera: camera,
            recorder: recorder,
            managed: managed,
            choices: KeptChoices(defaults),
            device: device,
            jobs: jobs,
            notices: notices,
            pictures: pictures,
            location: location,
            quickPin: quickPin,
            share: { [weak self] in self?.offered.append($0) }
        )
        let (clock, hold) = (clock, hold)
        app = GridweaveApp(
            keys: RustKeys(directory: folder.path, device: key),
            folder: folder,
            rescue: FakeRescue(packed: packed, storage: storage),
            services: services,
            version: "tests",
            lock: AutoLock { [weak self] in .now + (self?.passed ?? .zero) },
            held: { HeldBook(book: $0, clock: clock, hold: hold) }
        )
        saved = Saved(left)
        root = Root(app: app, saved: saved)
        await root.open()
    }

    /// The system ends the process while the app is in the background, and the person comes back.
    func die(unlock: Bool = true) async throws {
        try await settle()
        let left = saved.data
        await end()
        await open(left)
        if unlock, case .locked = try await app.keys.state() { try await typePin() }
    }

    /// Turns the phone. The models stay then, and nothing has to be begun anew; what is looked at is whether all that they
    /// show lies ready at this moment: a second process finds the same screens.
    func rotate() async throws {
        try await settle()
        let places = root.stack.places
        try await die()
        #expect(root.stack.places == places)
    }

    func close() async throws {
        try await settle()
        await end()
        defaults.removePersistentDomain(forName: suite)
    }

    private func end() async {
        drawn?.session.close()
        drawn = nil
        root.stack.forget()
        await app.close()
    }

    /// Whatever the hands began has reached the core.
    func settle() async throws {
        var quiet = 0
        try await sees("all is done") {
            let busy = if case .form(let model) = root.screen { model.state.unkept > 0 } else { false }
            quiet = Outliving.count == 0 && !busy ? quiet + 1 : 0
            return quiet > 2
        }
    }

    /// Puts the phone away, the app still running, and takes it out again.
    func leave(for time: Duration) {
        root.left()
        passed += time
        root.cameBack()
    }

    /// The system runs the job to its end; whether it is to be run again.
    func runJob() async -> Bool { await SyncJob(app).run() }

    func back() { #expect(root.back(), "there is a screen to go back to") }

    /// Goes to a screen from wherever the hands are.
    func go(_ place: Place) { root.stack.go(place) }

    /// Writes a text into a field of a record, past the screens.
    func edit(_ record: String, _ item: String, _ text: String) async throws {
        try await book.edit(record, item, text)
    }

    /// The number of this device.
    func rid(_ record: String) async throws -> String {
        try #require(try await book.page(record).history.first?.dot.before("."))
    }
}

// The eyes.
extension Hands {
    private static let longest = Duration.seconds(20)

    /// Waits until something is there; says what is there if it never is.
    func sees(
        _ what: String = "what is looked for",
        at place: SourceLocation = #_sourceLocation,
        _ condition: @MainActor () async throws -> Bool
    ) async throws {
        let late = ContinuousClock.now + Self.longest
        repeat {
            draw()
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        } while ContinuousClock.now < late
        Issue.record("not seen: \(what)\n\(shown)", sourceLocation: place)
        throw Said(description: "not seen: \(what)")
    }

    /// Waits for a moment that passes soon, more often than for what stays.
    func during(_ what: String, _ moment: @MainActor () -> Bool) async throws {
        let late = ContinuousClock.now + Self.longest
        while !moment() {
            if ContinuousClock.now > late { throw Said(description: "the moment never came: \(what)\n\(shown)") }
            await Task.yield()
        }
    }

    /// Waits until something of the screen is there, and takes it.
    func seen<Part>(
        _ what: String,
        at place: SourceLocation = #_sourceLocation,
        _ part: @MainActor () async throws -> Part?
    ) async throws -> Part {
        var seen: Part?
        try await sees(what, at: place) {
            seen = try await part()
            return seen != nil
        }
        return try #require(seen)
    }

    /// What the screen is drawn from, in full.
    var shown: String {
        switch root.screen {
        case .opening: "opening"
        case .notNow(let trouble): "not now: \(trouble)"
        case .lost(let model, let back): "lost, back \(back): \(model.state)"
        case .enrol(let model): "enrol: \(model.state)"
        case .pin(let model, _): "PIN: \(model.state)"
        case .today(let model): "today: \(model.state)"
        case .find(let model): "find: \(model.state)"
        case .new(let model): "new: \(model.state)"
        case .sync(let model): "sync: \(model.state)"
        case .settings(let model): "settings: \(model.state)"
        case .map(let model): "map: \(model.state)"
        case .record(let model): "record: \(model.state)"
        case .conflicts(let model): "conflicts: \(model.state)"
        case .form(let model): "form: \(model.state)"
        case .scan(let model): "scan: \(model.state)"
        case .photo(let model): "photo: \(model.state)"
        }
    }

    /// What views do when they are drawn. The camera's has the camera as long as it is there, opened anew for each attempt;
    /// the map's says how large it is.
    private func draw() {
        if case .map(let model) = root.screen, sized !== model {
            sized = model
            model.on(.sized(width: Self.map.width, height: Self.map.height))
        }
        let wanted: (model: AnyObject, attempt: Int, open: () -> any CameraSession)? =
            switch root.screen {
            case .scan(let model) where model.state.camera.isDrawn:
                (model, model.state.attempt, model.open)
            case .photo(let model) where model.state.camera.isDrawn && model.state.taken == nil:
                (model, model.state.attempt, model.open)
            default: nil
            }
        if let drawn, let wanted, drawn.model === wanted.model, drawn.attempt == wanted.attempt { return }
        drawn?.session.close()
        drawn = nil
        if let wanted { drawn = (wanted.model, wanted.attempt, wanted.open()) }
    }
}

extension CameraNow {
    fileprivate var isDrawn: Bool { if case .failed = self { false } else { true } }
}
