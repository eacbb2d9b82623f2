/// A text in the product's two languages.
public struct Words: Sendable, Hashable {
    public let zh: String
    public let en: String
}

public struct Me: Sendable, Hashable {
    public let name: String
    public let organisation: String
}

public enum Enrolment: Sendable, Hashable {
    /// A supervisor compares the digits of the fingerprint with those on the console.
    case pending(organisation: String, fingerprint: String)
    case enrolled
}

public struct RecordType: Sendable, Hashable {
    public let no: Int
    public let name: String
    public let label: Words
    public let fields: [Int: Field]
}

/// `scheme` names the kind of identity code that the field holds.
public struct Field: Sendable, Hashable {
    public let no: Int
    public let name: String
    public let label: Words
    public let scheme: String?
}

public struct FieldKey: Sendable, Hashable {
    public let no: Int
    public let instance: UInt64?
}

public struct Grid: Sendable, Hashable {
    public let code: String
    public let name: String
}

/// A record in a list.
public struct Row: Sendable, Hashable {
    public let record: String
    public let type: Int
    public let title: Words
    public let grid: String?
    public let alive: Bool
    public let conflicts: Int
    public let updatedMs: Int64
    /// When somebody last was at the spot.
    public let visitedMs: Int64?
    /// Where it is.
    public let point: Spot?
}

public struct Hits: Sendable, Hashable {
    public let total: Int64
    public let rows: [Row]
}

/// A form begun and not saved; `title` is empty where nothing names it yet. `left`: the record has left this device's
/// grids.
public struct Draft: Sendable, Hashable {
    public let id: Int64
    public let type: Int
    public let record: String?
    public let left: Bool
    public let title: Words
    public let updatedMs: Int64
}

/// How safe the worker's work is; `seal` is the line to read out once nothing is on this device alone. Of its photos
/// `photosPending` are still to be handed in, the others cannot be now.
public struct Safe: Sendable, Hashable {
    public let savedToday: Int64
    public let receivedToday: Int64
    public let pending: Int64
    public let photosPending: Int64
    public let photosDamaged: Int64
    public let photosUnreleased: Int64
    public let photosOverQuota: Int64
    public let refused: [Logged]
    public let held: Bool
    public let pulledAllMs: Int64?
    public let isSealed: Bool
    public let seal: String?
    /// How far the server's clock was ahead of this device's at the last sync; none before the first.
    public var clockOffsetMs: Int64?
    public let receipt: Receipt?
}

/// What the server signed for last: changes up to `durable`, at `serverMs` by its clock.
public struct Receipt: Sendable, Hashable {
    public let durable: Int64
    public let hash: String
    public let serverMs: Int64
}

/// A record of which something is on this device alone; `sinceMs` is none where only photos wait.
public struct Waiting: Sendable, Hashable {
    public let record: String
    public let type: Int
    public let title: Words
    public let changes: Int
    public let photos: Int
    public let photoBytes: Int64
    public let photosDamaged: Int
    public let photosNotTaken: Int
    public let sinceMs: Int64?
}

/// A change of the own log.
public struct Logged: Sendable, Hashable {
    public let dot: String
    public let record: String
    public let type: Int
    public let kind: ChangeKind
    public let writes: [Write]
    public let savedMs: Int64
    public let stands: Stands
}

/// A field that a change set, with what this device had written there before.
public struct Write: Sendable, Hashable {
    public let key: FieldKey
    public let before: Said?
    public let after: Said
}

/// What a value reads like; `masked`: something of it is hidden.
public struct Said: Sendable, Hashable {
    public let text: Words
    public let masked: Bool
}

/// Why somebody wants to see what is masked.
public enum RevealReason: String, Sendable, CaseIterable { case compare, contact, correct, asked }

/// A field that was shown whole on this device, and why.
public struct Revealed: Sendable, Hashable {
    public let atMs: Int64
    public let record: String
    public let type: Int
    public let field: FieldKey
    public let reason: RevealReason?
}

public enum ChangeKind: Sendable { case create, edit, visit, delete, restore, review, resolve, move, other }

/// Where a change stands.
public enum Stands: Sendable, Hashable {
    case here
    case received
    /// The server keeps it and did not accept it.
    case refused(code: String)
}

/// How safe this device's changes to a record are.
public enum Custody: Sendable { case received, refused, here }

public struct Page: Sendable, Hashable {
    public let row: Row
    public let gridName: String?
    public let fields: [PageField]
    public let photos: [PagePhoto]
    public let history: [Logged]
    public let custody: Custody
    public let same: [Row]
}

/// A field with its live values, the shown one first.
public struct PageField: Sendable, Hashable {
    public let key: FieldKey
    public let values: [Written]
    public let inConflict: Bool

    public var masked: Bool { values.contains { $0.said.masked } }
}

/// One live value: what it says, who wrote it, when and where.
public struct Written: Sendable, Hashable {
    public let dot: String
    public let said: Said
    public let author: String
    public let atMs: Int64
    public let kind: ChangeKind?
    public let accuracyDm: Int?
    /// How far the writer stood from the record's place, metres.
    public let awayM: Int?
    /// What there is to see of it: the photo that it is, and those that came with the same change.
    public let photos: [PagePhoto]
}

/// `received` is none for a photo that was taken elsewhere.
public struct PagePhoto: Sendable, Hashable {
    public let hash: String
    public let received: Bool?
    public let trouble: PhotoTrouble?
}

/// What keeps a photo here: its file, or that this device was revoked.
public enum PhotoTrouble: Sendable { case damaged, unreleased, overQuota }

/// What is known of an identity code on this device; `unchecked`: nothing could be compared.
public struct Duplicates: Sendable, Hashable {
    public var rows: [Row]
    public let suggestions: [String]
    public let unchecked: Bool
}

/// One reading of the receiver.
public struct Fix: Sendable, Hashable {
    public let latE7: Int
    public let lonE7: Int
    public let accuracyDm: Int
    public let satellites: Bool
    public let mock: Bool
    public let atMs: Int64
}

/// A point averaged by the core: how many readings it is made of, and how many were left out.
public struct Average: Sendable, Hashable {
    public let fix: Fix
    public let used: Int
    public let rejected: Int
}

/// How the device is doing, for the supervisors' logs.
public struct Facts: Sendable, Hashable {
    public let app: String
    public let battery: Int?
    public let network: String
    public let storageFreeMib: Int?
}

public enum Stage: Sendable { case pushing, pulling, repairing, photos }

public struct Progress: Sendable, Hashable {
    public let stage: Stage
    public let done: Int64
    public let total: Int64?
}

/// How a run of sync went; `unfinished` says why it did not finish.
public struct Report: Sendable, Hashable {
    public var pushed: Int64 = 0
    public var pulled: Int64 = 0
    public var refused: Int64 = 0
    public var photos: Int64 = 0
    public var photosFailed: Int64 = 0
    public var durationMs: Int64 = 0
    public var unfinished: Unfinished?
}

public enum Unfinished: Sendable, Hashable {
    case cancelled

    /// Everything was handed in; nothing is given out before a supervisor confirms this device.
    case held
    case failed(Trouble)
}

/// A run of sync as this device saw it; `outcome` is `finished` or a stable code.
public struct Run: Sendable, Hashable {
    public let startedMs: Int64
    public let outcome: String
    public let pushed: Int64
    public let pulled: Int64
    public let refused: Int64
    public let photos: Int64
}
