import Testing

@testable import Fieldbook

// The screens, each once it is on top.
extension Hands {
    var lost: LostModel {
        get async throws { try await seen("lost") { if case .lost(let model, _) = root.screen { model } else { nil } } }
    }

    var enrolling: EnrolModel {
        get async throws { try await seen("enrol") { if case .enrol(let model) = root.screen { model } else { nil } } }
    }

    var asksPin: PinModel {
        get async throws { try await seen("PIN") { if case .pin(let model, _) = root.screen { model } else { nil } } }
    }

    var today: TodayModel {
        get async throws { try await seen("today") { if case .today(let model) = root.screen { model } else { nil } } }
    }

    var finding: FindModel {
        get async throws { try await seen("find") { if case .find(let model) = root.screen { model } else { nil } } }
    }

    var new: NewModel {
        get async throws { try await seen("new") { if case .new(let model) = root.screen { model } else { nil } } }
    }

    var syncing: SyncModel {
        get async throws { try await seen("sync") { if case .sync(let model) = root.screen { model } else { nil } } }
    }

    var settings: SettingsModel {
        get async throws {
            try await seen("settings") { if case .settings(let model) = root.screen { model } else { nil } }
        }
    }

    var map: MapModel {
        get async throws { try await seen("map") { if case .map(let model) = root.screen { model } else { nil } } }
    }

    var record: RecordModel {
        get async throws {
            try await seen("record") { if case .record(let model) = root.screen { model } else { nil } }
        }
    }

    var conflicts: ConflictsModel {
        get async throws {
            try await seen("conflicts") { if case .conflicts(let model) = root.screen { model } else { nil } }
        }
    }

    var form: FormModel {
        get async throws { try await seen("form") { if case .form(let model) = root.screen { model } else { nil } } }
    }

    var scanning: ScanModel {
        get async throws { try await seen("scan") { if case .scan(let model) = root.screen { model } else { nil } } }
    }

    var photographing: PhotoModel {
        get async throws { try await seen("photo") { if case .photo(let model) = root.screen { model } else { nil } } }
    }
}

// What is done on them.
extension Hands {
    /// Enrols this device with the code of a new worker, and syncs.
    func enrol(_ name: String = "安", url: String? = nil) async throws {
        let model = try await enrolling
        model.on(.typed(try await City.worker(name, url: url)))
        model.on(.send)
        try await choosePin()
        try await seesNeverPulled()
        try await sync()
    }

    /// The first screen of a device that was enrolled just now.
    func seesNeverPulled() async throws {
        let model = try await today
        try await sees("never pulled") { model.state.safe.map { $0.pulledAllMs == nil } ?? false }
    }

    /// Chooses the PIN, as the app asks right after enrolment.
    func choosePin() async throws {
        let model = try await asksPin
        try await sees("a new PIN") { model.state.step == .new }
        try await typePin()
        try await sees("again") { model.state.step == .again }
        try await typePin()
    }

    /// Touches the keys of a PIN and OK.
    func typePin(_ pin: String = pin) async throws {
        let model = try await asksPin
        try await sees("empty") { model.state.typed == 0 && !model.state.busy }
        for digit in pin { model.on(.digit(Int(String(digit)) ?? 0)) }
        try await sees("it may go on") { model.state.mayGoOn }
        model.on(.goOn)
    }

    /// How a run of sync is to end.
    enum Outcome { case done, failed }

    /// Runs sync by hand until it has ended.
    @discardableResult
    func sync(_ outcome: Outcome = .done) async throws -> Report {
        let report = try await syncOnce()
        switch (outcome, report.unfinished) {
        case (.done, nil), (.failed, .failed): break
        default: Issue.record("sync ended otherwise: \(report)")
        }
        return report
    }

    /// Runs sync by hand, again and again as a person would, until all is safe at the centre.
    func syncUntilSealed() async throws {
        for _ in 1...20 {
            try await syncOnce()
            if try await book.safe().isSealed { return }
        }
        Issue.record("not safe after twenty runs\n\(shown)")
    }

    @discardableResult
    private func syncOnce() async throws -> Report {
        go(.sync)
        let model = try await syncing
        try await sees("sync can be started") { !model.state.now.running }
        let before = model.state.now.ended
        model.on(.start)
        return try await seen("the end of sync") {
            model.state.now.ended > before && !model.state.now.running ? model.state.now.report : nil
        }
    }

    /// Begins a form of a type that is called so.
    func begin(_ type: String) async throws {
        go(.new)
        let model = try await new
        let chosen = try await seen(type) { model.state.types.first { $0.label.zh == type } }
        go(.newForm(type: chosen.no, record: nil))
    }

    /// Captures a hazard up to its last screen.
    func fillHazard(_ place: String, photo: [UInt8]? = nil) async throws {
        try await begin("问题隐患")
        try await choose("category", "消防隐患")
        try await choose("level", "一般")
        try await answer("place", place)
        if let photo { try await self.photo("photos", photo) }
        try await answer("description", "楼道堆放杂物")
        try await nextPage()
        try await sees("涉及对象") { try await form.state.look?.title.zh.contains("涉及对象") ?? false }
        try await nextPage()
        try await choose("settled_at_once", "否")
    }

    /// Captures a hazard and saves it; answers the record.
    @discardableResult
    func hazard(_ place: String, photo: [UInt8]? = nil) async throws -> String {
        try await fillHazard(place, photo: photo)
        try await save()
        try await seesRecord(of: place)
        return try await only(place)
    }

    /// Saves the form; the record's page is there then.
    func save() async throws {
        try await form.on(.save(grid: nil))
        let model = try await record
        try await sees("the record") { model.state.page != nil }
    }

    /// The page of a record says that its place is so.
    func seesRecord(of place: String) async throws {
        let model = try await record
        try await sees(place) { model.state.texts.contains(place) }
    }

    /// Takes a picture on the camera's screen; it is to be looked at then.
    func shoot() async throws {
        let model = try await photographing
        try await sees("the camera") { if case .ready = model.state.camera { !model.state.busy } else { false } }
        model.on(.shutter)
        try await sees("the picture") { model.state.taken != nil }
    }

    /// The first screen says that nothing is to be done.
    func seesAllClear(at place: SourceLocation = #_sourceLocation) async throws {
        let model = try await today
        try await sees("all clear", at: place) {
            guard let safe = model.state.safe else { return false }
            return safe.refused.isEmpty && model.state.conflicts.isEmpty && model.state.drafts.isEmpty
        }
    }

    /// The one record that is found so.
    func only(_ query: String) async throws -> String {
        let rows = try await book.find(query).rows
        #expect(rows.count == 1)
        return try #require(rows.first).record
    }
}

extension RecordState {
    /// What the values of the fields read like.
    var texts: [String] { page?.fields.flatMap { $0.values.map(\.said.text.zh) } ?? [] }
}
