internal import GridweaveFFI

extension FieldbookError {
    func ours() -> Trouble {
        switch self {
        case .Retry(let code, let reason): Trouble(next: .retry, code: code, reason: reason)
        case .Enrol(let code, let reason): Trouble(next: .enrol, code: code, reason: reason)
        case .Unlock(let code, let reason): Trouble(next: .unlock, code: code, reason: reason)
        case .Lost(let code, let reason): Trouble(next: .lost, code: code, reason: reason)
        case .Update(let code, let reason): Trouble(next: .update, code: code, reason: reason)
        case .Refused(let code, let reason): Trouble(next: .refused, code: code, reason: reason)
        case .Broken(let code, let reason): Trouble(next: .broken, code: code, reason: reason)
        }
    }
}

extension GridweaveFFI.Words {
    func ours() -> Words { Words(zh: zh, en: en) }
}

extension GridweaveFFI.Enrolment {
    func ours() -> Enrolment {
        switch self {
        case .pending(let fingerprint, let organisation):
            .pending(organisation: organisation, fingerprint: fingerprint)
        case .enrolled: .enrolled
        }
    }
}

extension GridweaveFFI.RecordType {
    func ours() -> RecordType {
        let fields = fields.map { Field(no: Int($0.no), name: $0.name, label: $0.label.ours(), scheme: $0.scheme) }
        return RecordType(
            no: Int(no),
            name: name,
            label: label.ours(),
            fields: Dictionary(fields.map { ($0.no, $0) }, uniquingKeysWith: { $1 })
        )
    }
}

extension GridweaveFFI.FieldKey {
    func ours() -> FieldKey { FieldKey(no: Int(no), instance: instance) }
}

extension FieldKey {
    func theirs() -> GridweaveFFI.FieldKey { GridweaveFFI.FieldKey(no: UInt16(clamping: no), instance: instance) }
}

extension ShownRow {
    func ours() -> Row {
        Row(
            record: record,
            type: Int(recordType.no),
            title: title.ours(),
            grid: grid,
            alive: alive,
            conflicts: Int(conflicts),
            updatedMs: updatedMs,
            visitedMs: visitedMs,
            point: point.map { Spot(point: $0) }
        )
    }
}

extension GridweaveFFI.Hits {
    func ours() -> Hits { Hits(total: Int64(clamping: total), rows: hits.map { $0.ours() }) }
}

extension GridweaveFFI.Draft {
    func ours() -> Draft {
        Draft(id: id, type: Int(recordType), record: record, left: left, title: title.ours(), updatedMs: updatedMs)
    }
}

extension GridweaveFFI.Safe {
    func ours() -> Safe {
        Safe(
            savedToday: Int64(clamping: savedToday),
            receivedToday: Int64(clamping: receivedToday),
            pending: Int64(clamping: pending),
            photosPending: Int64(clamping: photosPending),
            photosDamaged: Int64(clamping: photosDamaged),
            photosUnreleased: Int64(clamping: photosUnreleased),
            photosOverQuota: Int64(clamping: photosOverQuota),
            refused: quarantined.map { $0.ours() },
            held: held,
            pulledAllMs: pulledAllMs,
            isSealed: isSealed,
            seal: seal,
            clockOffsetMs: clockOffsetMs,
            receipt: receipt.map {
                Receipt(durable: Int64(clamping: $0.durableSeq), hash: $0.hash, serverMs: $0.serverMs)
            }
        )
    }
}

extension GridweaveFFI.Waiting {
    func ours() -> Waiting {
        Waiting(
            record: record,
            type: Int(recordType),
            title: title.ours(),
            changes: Int(changes),
            photos: Int(photos),
            photoBytes: Int64(clamping: photoBytes),
            photosDamaged: Int(photosDamaged),
            photosNotTaken: Int(photosNotTaken),
            sinceMs: sinceMs
        )
    }
}

extension ShownChange {
    func ours() -> Logged {
        Logged(
            dot: dot,
            record: record,
            type: Int(recordType),
            kind: kind.ours(),
            writes: writes.map {
                Write(key: $0.field.ours(), before: $0.before?.ours(), after: $0.after.ours())
            },
            savedMs: savedMs,
            stands: state.ours()
        )
    }
}

extension GridweaveFFI.Said {
    func ours() -> Said { Said(text: text.ours(), masked: masked) }
}

extension RevealReason {
    func theirs() -> GridweaveFFI.RevealReason {
        switch self {
        case .compare: .compare
        case .contact: .contact
        case .correct: .correct
        case .asked: .asked
        }
    }
}

extension GridweaveFFI.Revealed {
    func ours() -> Revealed {
        Revealed(
            atMs: atMs,
            record: record,
            type: Int(recordType),
            field: field.ours(),
            reason: RevealReason(rawValue: reason)
        )
    }
}

extension ChangeState {
    func ours() -> Stands {
        switch self {
        case .pending: .here
        case .received: .received
        case .quarantined(let code): .refused(code: code)
        }
    }
}

extension GridweaveFFI.ChangeKind {
    func ours() -> ChangeKind {
        switch self {
        case .create: .create
        case .edit: .edit
        case .visit: .visit
        case .delete: .delete
        case .restore: .restore
        case .review: .review
        case .resolve: .resolve
        case .move: .move
        case .other: .other
        }
    }
}

extension GridweaveFFI.Custody {
    func ours() -> Custody {
        switch self {
        case .received: .received
        case .quarantined: .refused
        case .saved: .here
        }
    }
}

extension RecordPage {
    func ours() -> Page {
        Page(
            row: row.ours(),
            gridName: gridName,
            fields: fields.map { field in
                PageField(key: field.field.ours(), values: field.values.map { $0.ours() }, inConflict: field.inConflict)
            },
            photos: photos.map { $0.ours() },
            history: history.map { $0.ours() },
            custody: custody.ours(),
            same: entity.map { $0.row.ours() }
        )
    }
}

extension GridweaveFFI.PhotoTrouble {
    fileprivate func ours() -> PhotoTrouble {
        switch self {
        case .damaged: .damaged
        case .unreleased: .unreleased
        case .overQuota: .overQuota
        }
    }
}

extension PageValue {
    fileprivate func ours() -> Written {
        Written(
            dot: dot,
            said: said.ours(),
            author: authorName ?? "№ \(author)",
            atMs: atMs,
            kind: kind?.ours(),
            accuracyDm: fix.map { Int($0.accuracyDm) },
            awayM: awayM.map { Int($0) },
            photos: photos.map { $0.ours() }
        )
    }
}

extension GridweaveFFI.PagePhoto {
    fileprivate func ours() -> PagePhoto {
        PagePhoto(hash: hash, received: state.map { $0 == .received }, trouble: trouble?.ours())
    }
}

extension GridweaveFFI.Duplicates {
    func ours() -> Duplicates {
        Duplicates(rows: records.map { $0.ours() }, suggestions: suggestions, unchecked: unchecked)
    }
}

extension Fix {
    func theirs() -> GridweaveFFI.Fix {
        GridweaveFFI.Fix(
            point: Point(latE7: Int32(clamping: latE7), lonE7: Int32(clamping: lonE7), datum: .wgs84),
            accuracyDm: UInt32(clamping: accuracyDm),
            provider: satellites ? .gnss : .network,
            mock: mock,
            atMs: atMs
        )
    }
}

extension GridweaveFFI.Progress {
    func ours() -> Progress {
        Progress(stage: stage.ours(), done: Int64(clamping: done), total: total.map { Int64(clamping: $0) })
    }
}

extension GridweaveFFI.Stage {
    fileprivate func ours() -> Stage {
        switch self {
        case .pushing: .pushing
        case .pulling: .pulling
        case .repairing: .repairing
        case .photos: .photos
        }
    }
}

extension SyncReport {
    func ours() -> Report {
        Report(
            pushed: Int64(clamping: pushed),
            pulled: Int64(clamping: pulled),
            refused: Int64(clamping: quarantined),
            photos: Int64(clamping: photos),
            photosFailed: Int64(clamping: photosFailed),
            durationMs: Int64(clamping: durationMs),
            unfinished: unfinished?.ours()
        )
    }
}

extension GridweaveFFI.Unfinished {
    fileprivate func ours() -> Unfinished {
        switch self {
        case .cancelled: .cancelled
        case .held: .held
        case .failed(let error): .failed(error.ours())
        }
    }
}

extension SessionRow {
    func ours() -> Run {
        Run(
            startedMs: startedMs,
            outcome: outcome,
            pushed: Int64(clamping: pushed),
            pulled: Int64(clamping: pulled),
            refused: Int64(clamping: quarantined),
            photos: Int64(clamping: photos)
        )
    }
}

extension ScreenId {
    func ours() -> ScreenName { ScreenName(item: item, instance: instance) }
}

extension GridweaveFFI.Problem {
    func ours() -> Problem {
        Problem(item: item, key: key?.ours(), code: code, error: severity == .error, message: message.ours())
    }
}

extension GridweaveFFI.Question {
    func ours() -> Question {
        Question(
            item: item,
            key: key?.ours(),
            kind: signed ? .signature : kind.ours(),
            label: label.ours(),
            hint: hint?.ours(),
            value: value.ours(),
            covered: covered?.ours(),
            anew: anew,
            required: required,
            readOnly: readOnly,
            choices: choices.map { $0.ours() },
            scale: range.map { Scale(start: $0.start, end: $0.end, step: $0.step) },
            sketch: sketch.map { drawn in
                Sketch(
                    words: drawn.words.ours(),
                    points: drawn.points.map { SketchPoint(eastM: $0.eastM, northM: $0.northM) },
                    closed: drawn.closed
                )
            },
            photos: photos,
            photosWanted: Int(photosWanted),
            accuracyM: accuracyM.map { Int($0) },
            problems: problems.map { $0.ours() }
        )
    }

    /// An image that is signed with the finger, not taken.
    private var signed: Bool { kind == .image && (appearance ?? "").split(separator: " ").contains("signature") }
}

extension ItemKind {
    func ours() -> Asks {
        switch self {
        // A repeated group has screens of its own.
        case .group, .repeat: .heading
        case .note, .calculate: .note
        case .text: .text
        case .phoneNumber: .phone
        case .barcode: .code
        case .integer: .integer
        case .decimal: .decimal
        case .range: .scale
        case .yesNo: .yesNo
        case .acknowledge: .acknowledge
        case .selectOne: .one
        case .selectMultiple: .many
        case .rank: .rank
        case .date: .date
        case .time: .time
        case .dateTime: .dateTime
        case .geopoint: .point
        case .photos: .photos
        case .hidden, .start, .end, .today, .deviceId, .username: .silent
        case .geotrace: .line
        case .geoshape: .area
        case .image: .image
        case .audio: .audio
        }
    }
}

extension Asks {
    /// How what is typed is read.
    func typing() -> ItemKind {
        switch self {
        case .integer: .integer
        case .decimal: .decimal
        case .scale: .range
        case .date: .date
        case .time: .time
        case .dateTime: .dateTime
        default: .text
        }
    }
}

extension GridweaveFFI.Choice {
    func ours() -> Choice { Choice(code: code.ours(), label: label.ours()) }
}

extension GridweaveFFI.Code {
    func ours() -> Code { Code(list: list, edition: edition, code: code) }
}

extension Code {
    func theirs() -> GridweaveFFI.Code { GridweaveFFI.Code(list: list, edition: edition, code: code) }
}

extension GridweaveFFI.Value {
    func ours() -> Value {
        switch self {
        case .null: .nothing
        case .bool(let yes): .truth(yes)
        case .int(let number): .whole(number)
        case .decimal(let units, let scale): .exact(units: units, scale: Int(scale))
        case .text(let text): .text(text)
        case .date(let day): .date(day)
        case .time(let time): .time(time)
        case .code(let code): .one(code.ours())
        case .codes(let codes): .many(codes.map { $0.ours() })
        case .geo(let point): .point(latE7: Int(point.latE7), lonE7: Int(point.lonE7))
        case .instant(let ms): .moment(ms)
        case .photo(let hash): .photo(hash)
        case .bytes, .opaque: .other
        }
    }
}

extension Value {
    func theirs() throws -> GridweaveFFI.Value {
        switch self {
        case .nothing: return .null
        case .truth(let yes): return .bool(yes)
        case .whole(let number): return .int(number)
        case .exact(let units, let scale): return .decimal(units: units, scale: UInt8(clamping: scale))
        case .text(let text): return .text(text)
        case .date(let day): return .date(day)
        case .time(let time): return .time(time)
        case .one(let code): return .code(code.theirs())
        case .many(let codes): return .codes(codes.map { $0.theirs() })
        case .moment(let ms): return .instant(ms)
        case .photo(let hash): return .photo(hash)
        case .point(let latE7, let lonE7):
            return .geo(Point(latE7: Int32(clamping: latE7), lonE7: Int32(clamping: lonE7), datum: .wgs84))
        case .other:
            throw Trouble(next: .update, code: "wrong_kind", reason: "a value that this version cannot change")
        }
    }
}
