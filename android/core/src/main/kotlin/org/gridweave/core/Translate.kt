package org.gridweave.core

import org.gridweave.ffi.Datum
import org.gridweave.ffi.FieldbookException
import org.gridweave.ffi.ItemKind
import org.gridweave.ffi.Provider
import org.gridweave.ffi.Severity
import java.math.BigDecimal
import org.gridweave.ffi.ChangeKind as FfiChangeKind
import org.gridweave.ffi.ChangeState as FfiChangeState
import org.gridweave.ffi.Choice as FfiChoice
import org.gridweave.ffi.Code as FfiCode
import org.gridweave.ffi.Custody as FfiCustody
import org.gridweave.ffi.Draft as FfiDraft
import org.gridweave.ffi.Duplicates as FfiDuplicates
import org.gridweave.ffi.Enrolment as FfiEnrolment
import org.gridweave.ffi.FieldKey as FfiFieldKey
import org.gridweave.ffi.Fix as FfiFix
import org.gridweave.ffi.Hits as FfiHits
import org.gridweave.ffi.PagePhoto as FfiPagePhoto
import org.gridweave.ffi.PhotoState as FfiPhotoState
import org.gridweave.ffi.PhotoTrouble as FfiPhotoTrouble
import org.gridweave.ffi.Point as FfiPoint
import org.gridweave.ffi.Problem as FfiProblem
import org.gridweave.ffi.Progress as FfiProgress
import org.gridweave.ffi.Question as FfiQuestion
import org.gridweave.ffi.RecordPage as FfiPage
import org.gridweave.ffi.RecordType as FfiRecordType
import org.gridweave.ffi.RevealReason as FfiReason
import org.gridweave.ffi.Revealed as FfiRevealed
import org.gridweave.ffi.Safe as FfiSafe
import org.gridweave.ffi.Said as FfiSaid
import org.gridweave.ffi.ScreenId as FfiScreenId
import org.gridweave.ffi.SessionRow as FfiSessionRow
import org.gridweave.ffi.ShownChange as FfiChange
import org.gridweave.ffi.ShownRow as FfiRow
import org.gridweave.ffi.Stage as FfiStage
import org.gridweave.ffi.SyncReport as FfiReport
import org.gridweave.ffi.Unfinished as FfiUnfinished
import org.gridweave.ffi.Value as FfiValue
import org.gridweave.ffi.Waiting as FfiWaiting
import org.gridweave.ffi.Words as FfiWords

internal fun FieldbookException.ours(): Trouble = when (this) {
    is FieldbookException.Retry -> Trouble(Next.RETRY, code, reason)
    is FieldbookException.Enrol -> Trouble(Next.ENROL, code, reason)
    is FieldbookException.Unlock -> Trouble(Next.UNLOCK, code, reason)
    is FieldbookException.Lost -> Trouble(Next.LOST, code, reason)
    is FieldbookException.Update -> Trouble(Next.UPDATE, code, reason)
    is FieldbookException.Refused -> Trouble(Next.REFUSED, code, reason)
    is FieldbookException.Broken -> Trouble(Next.BROKEN, code, reason)
}

internal fun FfiWords.ours() = Words(zh, en)

internal fun FfiEnrolment.ours(): Enrolment = when (this) {
    is FfiEnrolment.Pending -> Enrolment.Pending(organisation, fingerprint)
    FfiEnrolment.Enrolled -> Enrolment.Enrolled
}

internal fun FfiRecordType.ours() = RecordType(
    no.toInt(),
    name,
    label.ours(),
    fields.map { Field(it.no.toInt(), it.name, it.label.ours(), it.scheme) }.associateBy { it.no },
)

internal fun FfiFieldKey.ours() = FieldKey(no.toInt(), instance)

internal fun FieldKey.theirs() = FfiFieldKey(no.toUShort(), instance)

internal fun FfiRow.ours() = Row(
    record,
    recordType.no.toInt(),
    title.ours(),
    grid,
    alive,
    conflicts.toInt(),
    updatedMs,
    visitedMs,
    point?.let { Spot(it) },
)

internal fun FfiHits.ours() = Hits(total.toLong(), hits.map { it.ours() })

internal fun FfiDraft.ours() = Draft(id, recordType.toInt(), record, left, title.ours(), updatedMs)

internal fun FfiSafe.ours() = Safe(
    savedToday = savedToday.toLong(),
    receivedToday = receivedToday.toLong(),
    pending = pending.toLong(),
    photosPending = photosPending.toLong(),
    photosDamaged = photosDamaged.toLong(),
    photosUnreleased = photosUnreleased.toLong(),
    photosOverQuota = photosOverQuota.toLong(),
    refused = quarantined.map { it.ours() },
    held = held,
    pulledAllMs = pulledAllMs,
    isSealed = isSealed,
    seal = seal,
    clockOffsetMs = clockOffsetMs,
    receipt = receipt?.let { Receipt(it.durableSeq.toLong(), it.hash, it.serverMs) },
)

internal fun FfiWaiting.ours() = Waiting(
    record,
    recordType.toInt(),
    title.ours(),
    changes.toInt(),
    photos.toInt(),
    photoBytes.toLong(),
    photosDamaged.toInt(),
    photosNotTaken.toInt(),
    sinceMs,
)

internal fun FfiChange.ours(): Logged {
    val writes = writes.map { Write(it.field.ours(), it.before?.ours(), it.after.ours()) }
    return Logged(dot, record, recordType.toInt(), kind.ours(), writes, savedMs, state.ours())
}

internal fun FfiSaid.ours() = Said(text.ours(), masked)

internal fun RevealReason.theirs() = when (this) {
    RevealReason.COMPARE -> FfiReason.COMPARE
    RevealReason.CONTACT -> FfiReason.CONTACT
    RevealReason.CORRECT -> FfiReason.CORRECT
    RevealReason.ASKED -> FfiReason.ASKED
}

internal fun FfiRevealed.ours(): Revealed {
    val why = RevealReason.entries.find { it.name.lowercase() == reason }
    return Revealed(atMs, record, recordType.toInt(), field.ours(), why)
}

internal fun FfiChangeState.ours(): Stands = when (this) {
    FfiChangeState.Pending -> Stands.Here
    FfiChangeState.Received -> Stands.Received
    is FfiChangeState.Quarantined -> Stands.Refused(code)
}

internal fun FfiChangeKind.ours() = when (this) {
    FfiChangeKind.Create -> ChangeKind.CREATE
    FfiChangeKind.Edit -> ChangeKind.EDIT
    FfiChangeKind.Visit -> ChangeKind.VISIT
    FfiChangeKind.Delete -> ChangeKind.DELETE
    FfiChangeKind.Restore -> ChangeKind.RESTORE
    FfiChangeKind.Review -> ChangeKind.REVIEW
    FfiChangeKind.Resolve -> ChangeKind.RESOLVE
    FfiChangeKind.Move -> ChangeKind.MOVE
    is FfiChangeKind.Other -> ChangeKind.OTHER
}

internal fun FfiCustody.ours() = when (this) {
    FfiCustody.RECEIVED -> Custody.RECEIVED
    FfiCustody.QUARANTINED -> Custody.REFUSED
    FfiCustody.SAVED -> Custody.HERE
}

internal fun FfiPagePhoto.ours() = PagePhoto(hash, state?.let { it == FfiPhotoState.RECEIVED }, trouble?.ours())

internal fun FfiPage.ours() = Page(
    row = row.ours(),
    gridName = gridName,
    fields = fields.map { field ->
        val values = field.values.map {
            Written(
                dot = it.dot,
                said = it.said.ours(),
                author = it.authorName ?: "№ ${it.author}",
                atMs = it.atMs,
                kind = it.kind?.ours(),
                accuracyDm = it.fix?.accuracyDm?.toInt(),
                awayM = it.awayM?.toInt(),
                photos = it.photos.map { photo -> photo.ours() },
            )
        }
        PageField(field.field.ours(), values, field.inConflict)
    },
    photos = photos.map { it.ours() },
    history = history.map { it.ours() },
    custody = custody.ours(),
    same = entity.map { it.row.ours() },
)

internal fun FfiPhotoTrouble.ours() = when (this) {
    FfiPhotoTrouble.DAMAGED -> PhotoTrouble.DAMAGED
    FfiPhotoTrouble.UNRELEASED -> PhotoTrouble.UNRELEASED
    FfiPhotoTrouble.OVER_QUOTA -> PhotoTrouble.OVER_QUOTA
}

internal fun FfiDuplicates.ours() = Duplicates(records.map { it.ours() }, suggestions, unchecked)

internal fun Fix.theirs(): FfiFix {
    val provider = if (satellites) Provider.Gnss else Provider.Network
    return FfiFix(FfiPoint(latE7, lonE7, Datum.Wgs84), accuracyDm.toUInt(), provider, mock, atMs)
}

internal fun FfiProgress.ours() = Progress(
    when (stage) {
        FfiStage.PUSHING -> Stage.PUSHING
        FfiStage.PULLING -> Stage.PULLING
        FfiStage.REPAIRING -> Stage.REPAIRING
        FfiStage.PHOTOS -> Stage.PHOTOS
    },
    done.toLong(),
    total?.toLong(),
)

internal fun FfiReport.ours() = Report(
    pushed = pushed.toLong(),
    pulled = pulled.toLong(),
    refused = quarantined.toLong(),
    photos = photos.toLong(),
    photosFailed = photosFailed.toLong(),
    durationMs = durationMs.toLong(),
    unfinished = when (val why = unfinished) {
        null -> null
        FfiUnfinished.Cancelled -> Unfinished.Cancelled
        FfiUnfinished.Held -> Unfinished.Held
        is FfiUnfinished.Failed -> Unfinished.Failed(why.error.ours())
    },
)

internal fun FfiSessionRow.ours() =
    Run(startedMs, outcome, pushed.toLong(), pulled.toLong(), quarantined.toLong(), photos.toLong())

internal fun FfiScreenId.ours() = ScreenName(item, instance)

internal fun FfiProblem.ours() =
    Problem(item, key?.ours(), code, severity == Severity.ERROR, message.ours())

internal fun FfiQuestion.ours() = Question(
    item = item,
    key = key?.ours(),
    kind = if (signed) Asks.SIGNATURE else kind.ours(),
    label = label.ours(),
    hint = hint?.ours(),
    value = value.ours(),
    covered = covered?.ours(),
    anew = anew,
    required = required,
    readOnly = readOnly,
    choices = choices.map { it.ours() },
    scale = range?.let { Scale(it.start, it.end, it.step) },
    sketch = sketch?.let { drawn ->
        Sketch(drawn.words.ours(), drawn.points.map { SketchPoint(it.eastM, it.northM) }, drawn.closed)
    },
    photos = photos,
    photosWanted = photosWanted.toInt(),
    accuracyM = accuracyM?.toInt(),
    problems = problems.map { it.ours() },
)

/** An image that is signed with the finger, not taken. */
private val FfiQuestion.signed get() = kind == ItemKind.IMAGE && "signature" in appearance.orEmpty().split(' ')

internal fun ItemKind.ours() = when (this) {
    // A repeated group has screens of its own.
    ItemKind.GROUP, ItemKind.REPEAT -> Asks.HEADING
    ItemKind.NOTE, ItemKind.CALCULATE -> Asks.NOTE
    ItemKind.TEXT -> Asks.TEXT
    ItemKind.PHONE_NUMBER -> Asks.PHONE
    ItemKind.BARCODE -> Asks.CODE
    ItemKind.INTEGER -> Asks.INTEGER
    ItemKind.DECIMAL -> Asks.DECIMAL
    ItemKind.RANGE -> Asks.SCALE
    ItemKind.YES_NO -> Asks.YES_NO
    ItemKind.ACKNOWLEDGE -> Asks.ACKNOWLEDGE
    ItemKind.SELECT_ONE -> Asks.ONE
    ItemKind.SELECT_MULTIPLE -> Asks.MANY
    ItemKind.RANK -> Asks.RANK
    ItemKind.DATE -> Asks.DATE
    ItemKind.TIME -> Asks.TIME
    ItemKind.DATE_TIME -> Asks.DATE_TIME
    ItemKind.GEOPOINT -> Asks.POINT
    ItemKind.PHOTOS -> Asks.PHOTOS
    ItemKind.HIDDEN, ItemKind.START, ItemKind.END, ItemKind.TODAY, ItemKind.DEVICE_ID, ItemKind.USERNAME -> Asks.SILENT
    ItemKind.GEOTRACE -> Asks.LINE
    ItemKind.GEOSHAPE -> Asks.AREA
    ItemKind.IMAGE -> Asks.IMAGE
    ItemKind.AUDIO -> Asks.AUDIO
}

/** How what is typed is read. */
internal fun Asks.typing() = when (this) {
    Asks.INTEGER -> ItemKind.INTEGER
    Asks.DECIMAL -> ItemKind.DECIMAL
    Asks.SCALE -> ItemKind.RANGE
    Asks.DATE -> ItemKind.DATE
    Asks.TIME -> ItemKind.TIME
    Asks.DATE_TIME -> ItemKind.DATE_TIME
    else -> ItemKind.TEXT
}

internal fun FfiChoice.ours() = Choice(code.ours(), label.ours())

internal fun FfiCode.ours() = Code(list, edition, code)

internal fun Code.theirs() = FfiCode(list, edition, code)

internal fun FfiValue.ours(): Value = when (this) {
    FfiValue.Null -> Value.Nothing
    is FfiValue.Bool -> Value.Truth(v1)
    is FfiValue.Int -> Value.Whole(v1)
    is FfiValue.Decimal -> Value.Exact(BigDecimal.valueOf(units, scale.toInt()))
    is FfiValue.Text -> Value.Text(v1)
    is FfiValue.Date -> Value.Date(v1)
    is FfiValue.Time -> Value.Time(v1)
    is FfiValue.Code -> Value.One(v1.ours())
    is FfiValue.Codes -> Value.Many(v1.map { it.ours() })
    is FfiValue.Geo -> Value.Point(v1.latE7, v1.lonE7)
    is FfiValue.Instant -> Value.Moment(v1)
    is FfiValue.Photo -> Value.Photo(v1)
    is FfiValue.Bytes, is FfiValue.Opaque -> Value.Other
}

internal fun Value.theirs(): FfiValue = when (this) {
    Value.Nothing -> FfiValue.Null
    is Value.Truth -> FfiValue.Bool(yes)
    is Value.Whole -> FfiValue.Int(number)
    is Value.Exact -> FfiValue.Decimal(number.unscaledValue().longValueExact(), number.scale().toUByte())
    is Value.Text -> FfiValue.Text(text)
    is Value.Date -> FfiValue.Date(day)
    is Value.Time -> FfiValue.Time(time)
    is Value.One -> FfiValue.Code(code.theirs())
    is Value.Many -> FfiValue.Codes(codes.map { it.theirs() })
    is Value.Moment -> FfiValue.Instant(ms)
    is Value.Photo -> FfiValue.Photo(hash)
    is Value.Point -> FfiValue.Geo(FfiPoint(latE7, lonE7, Datum.Wgs84))
    Value.Other -> throw Trouble(Next.UPDATE, "wrong_kind", "a value that this version cannot change")
}
