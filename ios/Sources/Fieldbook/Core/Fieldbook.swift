/// The device's field book, as the screens know it. Every call waits for the core on a thread of its own, so it may be
/// made from anywhere; what goes wrong comes as a ``Trouble``.
public protocol Fieldbook: Sendable {
    /// Who writes with this device; none before it is enrolled.
    func me() async throws -> Me?

    /// Takes an enrolment code to the server; `device` says what this is, for the supervisor.
    func enrol(code: String, device: String) async throws -> Enrolment

    /// Asks whether a supervisor has confirmed.
    func pollEnrolment() async throws -> Enrolment

    /// Whether a PIN opens it.
    func hasPin() async throws -> Bool

    /// Sets or changes the PIN, 6 to 12 digits; `old` where one is set. Codes: `wrong_pin`, `pin_wait`, `pin_unfit`.
    func setPin(old: String?, new: String) async throws

    /// Checks the PIN of a person who comes back, with the same tries and waits as at opening.
    func checkPin(_ pin: String) async throws

    /// What may be collected, by number.
    func types() async throws -> [Int: RecordType]

    func grids() async throws -> [Grid]

    /// How safe the worker's work is.
    func safe() async throws -> Safe

    func drafts() async throws -> [Draft]

    /// Which form is for an edit of this record: the draft that was kept last. With none, one is begun.
    func draftOf(_ record: String) async throws -> Draft?

    func discardDraft(_ id: Int64) async throws

    /// The view that shows all of the device's grids; none before the first sync.
    func mapOfGrids(widthPx: Int, heightPx: Int) async throws -> MapView?

    /// What a map draws for a view: what is of one type, or all.
    func drawMap(_ view: MapView, type: Int?) async throws -> MapList

    /// Records with open conflicts, last touched first.
    func conflicts() async throws -> [Row]

    /// A page of the living records that fit a filter, newest change first; it begins after `after`.
    func list(_ filter: ListFilter, after: ListEnd?) async throws -> ListPage

    /// How many living records there are of each type in each grid.
    func counts() async throws -> [RecordCount]

    /// Records that have all parts of `query` in their names, initials, addresses or codes.
    func find(_ query: String) async throws -> Hits

    func page(_ record: String) async throws -> Page

    /// Confirms a record at the spot; nothing of it changes.
    func confirmVisit(_ record: String, fix: Fix?) async throws

    /// Why a thing of this type may be gone.
    func reasonsGone(type: Int) async throws -> [Choice]

    /// Declares a record's thing gone; `reason` is one of ``reasonsGone(type:)``.
    func delete(_ record: String, reason: Code, fix: Fix?) async throws

    /// Takes a deletion back.
    func restore(_ record: String, fix: Fix?) async throws

    /// How far a reading lies from the place of a record, metres; none where the record has no place.
    func distance(_ record: String, fix: Fix) async throws -> Int?

    /// Takes up again what the server did not accept of a new record; answers the draft of another new one.
    func takeUp(_ refused: String) async throws -> Int64

    /// The values of a masked field whole, by their dots; who asked and why is written down first.
    func reveal(_ record: String, field: FieldKey, reason: RevealReason) async throws -> [String: Words]

    /// What was shown whole on this device, newest first.
    func revealed(max: Int) async throws -> [Revealed]

    /// Settles one field with one of its values; `seen` are the values that were on the screen.
    func choose(_ record: String, field: FieldKey, chosen: Written, seen: [Written]) async throws

    /// The receiver told the satellites' time just now: changes saved in the next minute carry it.
    func satellites(_ ms: Int64)

    /// Keeps a photo or a recording, durably; answers its hash.
    func addPhoto(_ bytes: [UInt8]) async throws -> String

    func photo(_ hash: String) async throws -> [UInt8]

    /// Records with this identity code on this device.
    func duplicates(type: Int, scheme: String, code: String) async throws -> Duplicates

    func startForm(type: Int, record: String?) async throws -> any Form

    func resumeDraft(_ id: Int64) async throws -> any Form

    /// Records of which something is on this device alone, the longest waiting first.
    func waiting() async throws -> [Waiting]

    /// How this device is doing, as lines without anything personal; `about` are the app's own.
    func diagnostics(about: [String]) async throws -> String

    /// The last runs of sync, newest first.
    func runs(max: Int) async throws -> [Run]

    /// Starts a run of sync and returns at once. Without `photos` these wait for another run.
    func startSync(_ facts: Facts, heard: any SyncHeard, photos: Bool) async throws -> any SyncHandle

    /// Lets go of it; whoever still asks ends like one that was cancelled.
    func close()
}

/// A form being filled in. The core decides what is asked; see ``Look``.
public protocol Form: Sendable {
    var type: Int { get }

    /// The record that it edits; none for a new one.
    var record: String? { get }

    /// Whether that record has left this device's grids by now: what is saved is handed in all the same.
    func left() async throws -> Bool

    /// A screen as it stands now; the first when `at` is none or is not asked any more.
    func look(_ at: ScreenName?) async throws -> Look

    /// The first screen with an answer that is to be put right.
    func firstError() async throws -> ScreenName?

    /// Answers a question; ``Value/nothing`` clears it.
    func answer(_ field: FieldKey, _ value: Value) async throws

    /// Chooses one of several, or no longer where it is chosen; the others stay.
    func toggle(_ field: FieldKey, _ code: Code) async throws

    /// Moves a number on its scale by so many steps; one that is not answered begins at the start.
    func slide(_ field: FieldKey, by: Int) async throws

    /// Moves a choice of a rank by so many places, up where negative; by none: the order that is shown is the answer.
    func rank(_ field: FieldKey, _ code: Code, by: Int) async throws

    /// Moves a date, with or without time, by so many days; one that is not answered begins with now.
    func moveDay(_ field: FieldKey, days: Int) async throws

    /// The worker says that the identity code stands on the original as it is typed.
    func confirm(_ field: FieldKey) async throws

    /// Puts back what the record holds, covered as it was.
    func asItWas(_ field: FieldKey) async throws

    /// Shows a masked answer that the record brought along; who asked and why is written down first.
    func reveal(_ field: FieldKey, _ reason: RevealReason) async throws

    func addRepeat(_ field: Int) async throws

    func removeRepeat(_ field: Int, _ instance: UInt64) async throws

    /// Puts a photo or a recording into a question's set, or in the place of the one that it has.
    func addPhoto(_ field: FieldKey, _ hash: String) async throws

    func removePhoto(_ field: FieldKey, _ hash: String) async throws

    /// Adds a place to the end of a line or an area.
    func addPoint(_ field: FieldKey, _ fix: Fix) async throws

    /// Takes the last point of a line or an area away.
    func removePoint(_ field: FieldKey) async throws

    /// Puts the form aside, durably; answers the draft's number.
    func keep() async throws -> Int64

    /// Saves it as one change and forgets its draft; answers the record.
    func save(fix: Fix?, grid: String?) async throws -> String
}

/// Hears how far a run of sync is, on a thread of the core.
public protocol SyncHeard: Sendable {
    func progress(_ progress: Progress)

    func finished(_ report: Report)
}

/// A run of sync; letting go of it does not end it.
public protocol SyncHandle: Sendable {
    /// Ends the run at its next wait. What was done is kept.
    func cancel()
}

/// What the person or the app can do next.
public enum Next: Sendable { case retry, enrol, unlock, lost, update, refused, broken }

/// What went wrong. `code` is stable and chooses the words, `reason` is for logs.
public struct Trouble: Error, Sendable, Hashable {
    public let next: Next
    public let code: String
    public let reason: String

    public init(next: Next, code: String, reason: String) {
        self.next = next
        self.code = code
        self.reason = reason
    }
}

extension Trouble {
    /// What an error is to the person; one that nobody expects says no more than its kind.
    init(of error: any Error) {
        self = error as? Trouble ?? Trouble(next: .broken, code: "unexpected", reason: "\(type(of: error))")
    }
}
