/// A form in the hands of a person. Steps reach the core one after the other, in the order of the hands, and go on when
/// the screen is left; after each answer the draft is kept.
public final class FormModel: Model<FormState, FormEvent> {
    private let parts: Parts
    private let type: Int
    private let record: String?
    private let draft: Int64?
    private let kept: Kept
    private let turn = Turn()
    private let allLeft: Task<Void, Never>
    private var form: (any Form)?
    private var closed = false
    private var saving: Task<Void, Never>?
    /// A step failed since the save was asked for: what it brought would not be in the record.
    private var failed = false
    /// Pictures of other apps on their way here.
    private var reading: Task<Void, Never>?
    private var at: ScreenName?
    private var locating: Task<Void, Never>?
    private var meter = Meter()
    private var recording: (any Recording)?
    private let nothingRecorded = Told(true)
    private var playing: (any Playing)?

    /// Goes on to another screen.
    var go: ((Place) -> Void)?

    /// So long a recorder may take to hand over what it has.
    private static let recorderLongest = Duration.seconds(10)
    private static let gridWanted: Set<String> = ["no_grid", "foreign_grid"]

    init(_ parts: Parts, _ place: Place, _ kept: Kept) {
        guard case .form(let type, let record, let draft, _) = place else { preconditionFailure("the place of a form") }
        self.parts = parts
        self.type = type
        self.record = record
        self.draft = draft
        self.kept = kept
        allLeft = parts.allLeft()
        at = kept[Name.at].map(ScreenName.init(kept:))
        super.init(FormState(editing: record != nil))
        locate()
        step(keep: false) { _ in }
    }

    override func show(_ trouble: Trouble, in state: inout FormState) {
        state.trouble = trouble
    }

    override public func on(_ event: FormEvent) {
        if state.saving, !event.mayComeWhileSaving { return }
        switch event {
        case .typed(let question, let text): typed(question, text)
        case .answered(let field, let value): answer(field, value)
        case .dayMoved(let field, let days):
            change { $0.untype(field) }
            step { try await $0.moveDay(field, days: days) }
        case .toggled(let field, let code): step { try await $0.toggle(field, code) }
        case .slid(let field, let by): step { try await $0.slide(field, by: by) }
        case .ranked(let field, let code, let by): step { try await $0.rank(field, code, by: by) }
        case .ownPage(let field): change { $0.ownPage = field }
        case .signed(let field, let strokes): signed(field, strokes)
        case .pointAdded(let field): addPoint(field)
        case .record(let field): record(field)
        case .recordingEnded: recording?.finish()
        case .play(let field): play(field)
        case .pointRemoved(let field): step { try await $0.removePoint(field) }
        case .confirmed(let field): step { try await $0.confirm(field) }
        case .reveal(let field, let reason): step(keep: false) { try await $0.reveal(field, reason) }
        case .anew(let field): change { $0.anew.insert(field) }
        case .asItWas(let field):
            change {
                $0.anew.remove(field)
                $0.untype(field)
            }
            step { try await $0.asItWas(field) }
        case .photoAdded(let field, let read): addPhoto(field, read)
        case .photoRemoved(let field, let hash): step { try await $0.removePhoto(field, hash) }
        case .entryAdded(let field): step { try await $0.addRepeat(field) }
        case .entryRemoved(let field, let instance): step { try await $0.removeRepeat(field, instance) }
        case .scan(let field): go?(.scan(asker: field.text))
        case .photograph(let field): go?(.photo(asker: field.text, taken: nil))
        case .brought(let answer): brought(answer)
        case .heard(let code): if let question = state.codeQuestion() { typed(question, code) }
        case .takePlace(let field): takePlace(field)
        case .locationAsked: locate()
        case .turn(let to): turnTo(to)
        case .leave: leave()
        case .save(let grid): save(grid)
        }
    }

    /// The bytes of a photo of this form.
    public func photo(_ hash: String) async -> [UInt8]? { await parts.photo(hash) }

    override func left() {
        super.left()
        play(nil)
        parts.leave { [self] in
            await saving?.value
            await endRecording()
            await turn.take { [self] in
                // The last word: there may be room for the draft by now.
                if state.unkeptBecause != nil, let form { _ = try? await form.keep() }
                form = nil
                closed = true
            }.value
        }
    }

    private enum Name {
        static let at = "at"
        static let saved = "saved"
    }
}

// What the hands do.
extension FormModel {
    private func typed(_ question: Question, _ text: String) {
        guard let field = question.key, let value = read(text, field, question.kind) else { return }
        answer(field, value)
    }

    /// Shows what is typed; answers what it says, none where it cannot be read.
    private func read(_ text: String, _ field: FieldKey, _ kind: Asks) -> Value? {
        let value = valueOf(text, kind)
        change {
            if value == nil { $0.unreadable.insert(field) } else { $0.unreadable.remove(field) }
            $0.typed[field] = text
            $0.trouble = nil
        }
        return value
    }

    private func answer(_ field: FieldKey, _ value: Value) {
        change { $0.trouble = nil }
        step { try await $0.answer(field, value) }
        compare(field, value)
    }

    /// Looks for other records with this identity code.
    private func compare(_ field: FieldKey, _ value: Value) {
        guard let scheme = state.schemes[field.no] else { return }
        let text = if case .text(let text) = value { text } else { "" }
        work { [self] in
            let blank = text.allSatisfy(\.isWhitespace)
            var found = blank ? nil : try await parts.book.duplicates(type: type, scheme: scheme, code: text)
            // Records that this form edits are no duplicates of themselves.
            found?.rows.removeAll { $0.record == record }
            change { $0.duplicates[field] = found }
        }
    }

    private func signed(_ field: FieldKey, _ strokes: [[Float]]) {
        // The page stays until it is kept: what was signed is not to be signed again.
        step { [self] form in
            let jpeg = await parts.services.pictures.signature(strokes)
            try await form.addPhoto(field, try await parts.keepPicture(jpeg, standing: nil, marked: false))
            change { $0.ownPage = nil }
        }
    }

    /// It may have to come from far away: nothing but the save waits for it.
    private func addPhoto(_ field: FieldKey, _ read: Task<[UInt8]?, Never>) {
        change { $0.unkept += 1 }
        reading = Task { [self, before = reading] in
            await before?.value
            let bytes = await read.value
            step { [self] form in
                guard let bytes else { throw Trouble(next: .refused, code: "no_picture", reason: "it cannot be read") }
                try await form.addPhoto(field, try await parts.keepPicture(bytes, standing: state.standing))
            }
            change { $0.unkept -= 1 }
        }
    }

    private func addPoint(_ field: FieldKey) {
        guard let fix = state.meter?.fix else { return }
        // The next point lies somewhere else: what was read here is not of it.
        meter.forget()
        change { $0.meter = nil }
        step { try await $0.addPoint(field, fix) }
    }

    private func takePlace(_ field: FieldKey) {
        guard let fix = state.meter?.fix else { return }
        change { $0.taken[field] = fix.accuracyDm }
        answer(field, .point(latE7: fix.latE7, lonE7: fix.lonE7))
    }

    private func locate() {
        locating?.cancel()
        change { $0.developerOptions = parts.location.developerOptions }
        locating = follow(parts.location.standing()) { [weak self] standing in
            guard let self else { return }
            meter.hear(standing)
            change {
                $0.standing = standing
                $0.meter = meter.now
            }
        }
    }

    private func leave() {
        if state.late { return change { $0.trouble = nil } }
        if !state.saving { go?(record.map(Place.record) ?? .find) }
    }

    private func turnTo(_ screen: ScreenName) {
        change { state in
            state.typed = state.typed.filter { state.unreadable.contains($0.key) }
            state.trouble = nil
        }
        step(keep: false) { [self] _ in at = screen }
    }

    /// What another screen was opened for; a code is read as if it was typed. In one step: whoever leaves the form right
    /// then has it in the draft.
    private func brought(_ answer: Answer) {
        guard let field = FieldKey(answer.asker) else { return }
        if answer.kind == .photo { return step { try await $0.addPhoto(field, answer.said) } }
        step { [self] form in
            let question = try await form.look(at).questions.first { $0.key == field }
            let value = question.map { read(answer.said, field, $0.kind) } ?? Value.text(answer.said)
            guard let value else { return }
            try await form.answer(field, value)
            compare(field, value)
        }
    }
}

// Sounds.
extension FormModel {
    /// What was recorded is kept and answers the question, also when the screen is left meanwhile.
    private func record(_ field: FieldKey) {
        guard state.recording == nil else { return }
        play(nil)
        change {
            $0.recording = field
            $0.recorderTrouble = nil
        }
        nothingRecorded.value = false
        let begun = parts.services.recorder.record(Heard(self, field))
        // It may have failed by now.
        if !nothingRecorded.value { recording = begun }
    }

    private final class Heard: RecorderHeard {
        private let model: FormModel
        private let field: FieldKey

        init(_ model: FormModel, _ field: FieldKey) {
            self.model = model
            self.field = field
        }

        func recorded(_ sound: [UInt8]) {
            let (model, field) = (model, field)
            model.recordingOver()
            model.step { try await $0.addPhoto(field, try await model.parts.keepSound(sound)) }
            model.nothingRecorded.value = true
        }

        func failed(_ trouble: RecorderTrouble) {
            model.recordingOver()
            model.change { $0.recorderTrouble = trouble }
            model.nothingRecorded.value = true
        }
    }

    private func recordingOver() {
        recording = nil
        change { $0.recording = nil }
    }

    /// What is being recorded belongs to the form: it is ended, and its step stands before whatever comes next.
    private func endRecording() async {
        recording?.finish()
        let told = nothingRecorded.follow()
        await within(Self.recorderLongest) { for await nothing in told where nothing { return } }
    }

    private func play(_ field: FieldKey?) {
        playing?.close()
        playing = nil
        change { $0.playing = field }
        guard let field, case .photo(let hash) = state.look?.questions.first(where: { $0.key == field })?.value
        else { return }
        work { [self] in
            let sound = try await parts.book.photo(hash)
            guard state.playing == field else { return }
            playing = parts.services.recorder.play(sound) { [weak self] in self?.change { $0.playing = nil } }
        }
    }
}

// Steps of the core.
extension FormModel {
    private func save(_ grid: String?) {
        guard state.saved == nil else { return }
        failed = false
        change {
            $0.saving = true
            $0.sayMissing = true
            $0.trouble = nil
            $0.grids = []
        }
        saving = work(outlives: true) { [self] in
            await endRecording()
            while state.saving, state.saved == nil {
                await reading?.value
                await inTurn { [self] in try await saveLast(grid) }.value
            }
        }
    }

    /// Saves, once no step waits any more, for what was begun before belongs to the record; where one failed, nothing.
    private func saveLast(_ grid: String?) async throws {
        if state.unkept > 0 || state.saved != nil { return }
        if failed { return change { $0.saving = false } }
        do {
            try await saved(grid)
        } catch {
            change { $0.saving = false }
            throw error
        }
    }

    private func saved(_ grid: String?) async throws {
        let form = try await opened()
        if let unreadable = try await page(of: state.unreadable, form) {
            at = unreadable
            let trouble = Trouble(next: .refused, code: "unreadable", reason: "what is typed is no answer")
            return try await refused(form, trouble)
        }
        do {
            let record = try await form.save(fix: state.standing.fix, grid: grid)
            kept[Name.saved] = record
            let left = (try? await form.left()) ?? false
            change {
                $0.saved = record
                $0.left = left
                // What came while it was written is told of before one goes on.
                $0.trouble = $0.unkept > 0 ? tooLate : nil
            }
        } catch let trouble as Trouble {
            try await refused(form, trouble)
        }
    }

    private var tooLate: Trouble {
        Trouble(next: .refused, code: FormState.tooLate, reason: "it was saved before this came")
    }

    /// The first page that asks for one of these fields.
    private func page(of fields: Set<FieldKey>, _ form: any Form) async throws -> ScreenName? {
        if fields.isEmpty { return nil }
        var look = try await form.look(nil)
        while !look.questions.contains(where: { $0.key.map(fields.contains) ?? false }) {
            guard let next = look.next else { return nil }
            look = try await form.look(next)
        }
        return look.name
    }

    /// What stands in the way is shown where it can be mended.
    private func refused(_ form: any Form, _ trouble: Trouble) async throws {
        let grids = Self.gridWanted.contains(trouble.code) ? try await parts.book.grids() : []
        if trouble.code == "problems" { at = try await form.firstError() ?? at }
        try await show(form)
        change {
            $0.saving = false
            $0.trouble = trouble
            $0.grids = grids
        }
    }

    /// One step of the form: it waits for those before it.
    private func step(keep: Bool = true, _ step: @escaping @MainActor (any Form) async throws -> Void) {
        change { $0.unkept += 1 }
        inTurn { [self] in
            defer { change { $0.unkept -= 1 } }
            do {
                try await take(step, keeping: keep)
            } catch {
                failed = true
                throw error
            }
        }
    }

    /// Work that waits for what was begun before it; its trouble is shown before the next begins.
    @discardableResult
    private func inTurn(_ work: @escaping @MainActor () async throws -> Void) -> Task<Void, Never> {
        turn.take { [self] in await self.work(outlives: true, work).value }
    }

    private func take(_ step: @MainActor (any Form) async throws -> Void, keeping: Bool) async throws {
        if closed { return }
        if state.saved != nil { throw tooLate }
        let form = try await opened()
        try await step(form)
        try await show(form)
        if keeping { try await keep(form) }
    }

    /// Keeps the draft. A trouble with that stands beside it until it is kept again: it is nobody's answer that is wrong.
    private func keep(_ form: any Form) async throws {
        do {
            let draft = try await form.keep()
            kept[Kept.draft] = String(draft)
            change {
                $0.draft = draft
                $0.unkeptBecause = nil
            }
        } catch let trouble as Trouble {
            change { $0.unkeptBecause = trouble }
        }
    }

    private func opened() async throws -> any Form {
        if let form { return form }
        let begun = try await begin()
        form = begun
        return begun
    }

    private func begin() async throws -> any Form {
        let types = try await parts.book.types()
        change {
            $0.schemes = types[type]?.fields.values.reduce(into: [:]) { $0[$1.no] = $1.scheme } ?? [:]
        }
        // A draft may be of a form that was left just now: of this one, where the screens were shut over it.
        await allLeft.value
        if let saved = kept[Name.saved] { throw over(saved) }
        guard let draft = kept[Kept.draft].flatMap(Int64.init) ?? draft else {
            return try await parts.book.startForm(type: type, record: record)
        }
        do {
            let form = try await parts.book.resumeDraft(draft)
            let left = try await form.left()
            change {
                $0.draft = draft
                $0.left = left
            }
            return form
        } catch let trouble as Trouble where trouble.code == "no_draft" {
            // Saved, or thrown away, before the process ended and could note it.
            throw over(record)
        }
    }

    /// It is no form any more: the record is shown, where it is known.
    private func over(_ record: String?) -> Trouble {
        change { $0.saved = record }
        return Trouble(next: .refused, code: "no_draft", reason: "it was saved or thrown away")
    }

    private func show(_ form: any Form) async throws {
        let look = try await form.look(at)
        at = look.name
        kept[Name.at] = look.name.kept
        change { $0.look = look }
    }
}

extension FormEvent {
    /// Whether it changes nothing of the form and leads nowhere else, or was begun before, or leads on from what was saved:
    /// anything else that came while the form is being saved would be neither in the record nor in a draft.
    fileprivate var mayComeWhileSaving: Bool {
        switch self {
        case .ownPage(nil), .recordingEnded, .play, .locationAsked, .leave, .brought, .photoAdded: true
        default: false
        }
    }
}

extension FormState {
    /// What was typed of a field is no more.
    fileprivate mutating func untype(_ field: FieldKey) {
        typed[field] = nil
        unreadable.remove(field)
    }
}

extension ScreenName {
    /// As a form keeps it.
    fileprivate var kept: String { instance.map { "\(item)/\($0)" } ?? item }

    fileprivate init(kept: String) {
        let parts = kept.split(separator: "/", omittingEmptySubsequences: false)
        self.init(item: String(parts[0]), instance: parts.count > 1 ? UInt64(parts[1]) : nil)
    }
}
