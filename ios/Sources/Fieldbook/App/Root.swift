import Observation

/// What is on the screen, with the model that it draws.
public enum Screen {
    case opening
    /// The field book is whole and does not open now: something beside it is to be done first.
    case notNow(Trouble)
    /// `back`: the PIN was only said to be forgotten.
    case lost(LostModel, back: Bool)
    case enrol(EnrolModel)
    /// `forgettable`: the way for whoever forgot it is offered.
    case pin(PinModel, forgettable: Bool)
    case today(TodayModel)
    case find(FindModel)
    case new(NewModel)
    case sync(SyncModel)
    case settings(SettingsModel)
    case map(MapModel)
    case record(RecordModel)
    case conflicts(ConflictsModel)
    case form(FormModel)
    case scan(ScanModel)
    case photo(PhotoModel)
}

/// Opens the field book, asks for its PIN, lets the device be enrolled, then shows the screen on top of the stack.
@MainActor @Observable
public final class Root {
    @ObservationIgnored public let app: GridweaveApp
    @ObservationIgnored public let stack: Stack

    public private(set) var screen = Screen.opening

    @ObservationIgnored private var gate: Gate?
    /// The PIN was said to be forgotten.
    @ObservationIgnored private var forgotten = false
    /// The camera lies over enrolment.
    @ObservationIgnored private var scanning = false
    /// Models of the screens before the stack's, by the names of those.
    @ObservationIgnored private var models: [String: any Leaving] = [:]
    /// The place whose screen came up last.
    @ObservationIgnored private var up: String?

    /// Takes the keys of a scanner that types.
    @ObservationIgnored public private(set) lazy var wedge = KeyWedge { [weak self] in self?.heard($0) }

    public init(app: GridweaveApp, saved: Saved) {
        self.app = app
        stack = Stack(saved)
        stack.moved = { [weak self] in self?.show() }
    }

    /// Opens the field book, or tries again.
    public func open() async {
        let new = await app.gate()
        forgotten = false
        scanning = false
        for model in models.values { model.left() }
        models = [:]
        gate = new
        if case .open(_, enrolled: false, _) = new { stack.begin() } else { show() }
    }

    /// Tries again, for who does not wait for it.
    public func again() { Task { await open() } }

    /// Nobody looks any more.
    public func left() {
        app.lock.left()
        // Nobody is recorded unawares.
        if case .form(let model) = screen, model.state.recording != nil { model.on(.recordingEnded) }
    }

    /// Somebody looks again.
    public func cameBack() {
        let before = app.lock.times
        app.lock.cameBack()
        // Somebody else may go on: with none of the digits, and with no answer to them.
        if app.lock.times > before { models.removeValue(forKey: Self.name(.enter))?.left() }
        if app.lock.locked { stack.forget() }
        up = nil
        show()
    }

    /// The PIN is forgotten, or after all is not.
    public func forgot(_ forgotten: Bool) {
        self.forgotten = forgotten
        show()
    }

    /// Opens the camera for the enrolment code, or closes it.
    public func scan(_ scanning: Bool) {
        self.scanning = scanning
        if !scanning { models.removeValue(forKey: "scan")?.left() }
        show()
    }

    /// One screen back; whether there was one.
    @discardableResult
    public func back() -> Bool {
        switch screen {
        case .lost(_, back: true): forgot(false)
        case .scan where scanning: scan(false)
        case .form(let model) where model.state.recording != nil: model.on(.recordingEnded)
        case .form(let model) where model.state.ownPage != nil: model.on(.ownPage(nil))
        case .record(let model) where model.state.photo != nil: model.on(.lookAt(nil))
        case .record(let model) where model.state.draft != nil: model.on(.notEdited)
        case .map(let model) where model.state.isPicked: model.on(.unpicked)
        // Whether it was changed is told before one leaves.
        case .pin(let model, _) where isOpen && model.state.busy: break
        default:
            guard isOpen, stack.top != .today else { return false }
            stack.back()
        }
        return true
    }

    /// A code that a scanner typed goes to whoever wants one.
    func heard(_ code: String) {
        switch screen {
        case .enrol(let model): model.on(.typed(code))
        case .find(let model): model.on(.typed(code))
        case .form(let model): model.on(.heard(code))
        case .scan(let model): model.on(.heard(code))
        default: break
        }
    }

    /// Whether the places of the stack are shown.
    private var isOpen: Bool {
        if case .open(_, enrolled: true, hasPin: true) = gate { !app.lock.locked } else { false }
    }

    private func show() {
        switch gate {
        case .open(let parts, enrolled: true, hasPin: true) where !app.lock.locked: screen = placed(stack.top, parts)
        case nil: screen = .opening
        case .shut(let trouble): screen = trouble.shuts ? .lost(lost(trouble.code), back: false) : .notNow(trouble)
        case .open(let parts, enrolled: false, _): screen = enrol(parts)
        case .open(_, _, hasPin: false): screen = .pin(pin(.set), forgettable: false)
        case .pin, .open: screen = askPin()
        }
    }

    private func askPin() -> Screen {
        let model = pin(.enter)
        if let trouble = model.state.trouble, trouble.shuts { return .lost(lost(trouble.code), back: false) }
        return forgotten ? .lost(lost("pin_forgotten"), back: true) : .pin(model, forgettable: true)
    }

    private static func name(_ task: PinTask) -> String { "pin \(task)" }

    private func pin(_ task: PinTask) -> PinModel {
        one(Self.name(task)) {
            let model = PinModel(app, task: task)
            model.followed = { [weak self] state in
                if state.done {
                    self?.again()
                } else if state.trouble?.shuts == true {
                    self?.show()
                }
            }
            return model
        }
    }

    private func lost(_ code: String) -> LostModel {
        one("lost \(code)") { LostModel(code, app: app) { [weak self] in self?.again() } }
    }

    private func enrol(_ parts: Parts) -> Screen {
        let model: EnrolModel = one("enrol") {
            let model = EnrolModel(parts)
            model.followed = { [weak self] state in
                if state.enrolled { self?.again() }
            }
            return model
        }
        guard scanning, model.state.pending == nil else { return .enrol(model) }
        return .scan(
            one("scan") {
                let scan = ScanModel(app.services)
                scan.followed = { [weak self] state in
                    guard let found = state.found else { return }
                    self?.scan(false)
                    model.on(.typed(found))
                }
                return scan
            }
        )
    }

    /// The one model of a screen before the stack's; it looks when it is made.
    private func one<S, E, M: Model<S, E>>(_ name: String, make: () -> M) -> M {
        if let there = models[name] as? M { return there }
        let made = make()
        models[name] = made
        made.look()
        return made
    }

    /// A place of the stack with its model; what comes up looks again.
    private func placed(_ place: Place, _ parts: Parts) -> Screen {
        let screen = self.screen(of: place, parts)
        if up != place.key {
            up = place.key
            screen.look()
            giveAnswers(to: screen)
        }
        return screen
    }

    /// Gives what screens above brought back to the one that asked.
    private func giveAnswers(to screen: Screen) {
        switch screen {
        case .find(let model): for answer in stack.takeAnswers() { model.on(.typed(answer.said)) }
        case .form(let model): for answer in stack.takeAnswers() { model.on(.brought(answer)) }
        default: break
        }
    }
}

extension Trouble {
    /// Whether it leaves the field book shut for good on this phone; all else is done away with beside it, then it opens.
    var shuts: Bool { next == .lost || next == .broken }
}
