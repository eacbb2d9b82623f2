package org.gridweave.core

/** A text in the product's two languages. */
data class Words(val zh: String, val en: String)

data class Me(val name: String, val organisation: String)

sealed interface Enrolment {
    /** A supervisor compares the digits of the fingerprint with those on the console. */
    data class Pending(val organisation: String, val fingerprint: String) : Enrolment

    data object Enrolled : Enrolment
}

data class RecordType(val no: Int, val name: String, val label: Words, val fields: Map<Int, Field>)

/** [scheme] names the kind of identity code that the field holds. */
data class Field(val no: Int, val name: String, val label: Words, val scheme: String?)

data class FieldKey(val no: Int, val instance: ULong?)

data class Grid(val code: String, val name: String)

/** A record in a list. */
data class Row(
    val record: String,
    val type: Int,
    val title: Words,
    val grid: String?,
    val alive: Boolean,
    val conflicts: Int,
    val updatedMs: Long,
    /** When somebody last was at the spot. */
    val visitedMs: Long?,
    /** Where it is. */
    val point: Spot?,
)

/** A place as the core holds it, with its datum. */
data class Spot(internal val point: org.gridweave.ffi.Point)

data class Hits(val total: Long, val rows: List<Row>)

/**
 * A form begun and not saved; [title] is empty where nothing names it yet. [left]: the record has left this device's
 * grids.
 */
data class Draft(
    val id: Long,
    val type: Int,
    val record: String?,
    val left: Boolean,
    val title: Words,
    val updatedMs: Long,
)

/**
 * How safe the worker's work is; [seal] is the line to read out once nothing is on this device alone. Of its photos
 * [photosPending] are still to be handed in, the others cannot be now.
 */
data class Safe(
    val savedToday: Long,
    val receivedToday: Long,
    val pending: Long,
    val photosPending: Long,
    val photosDamaged: Long,
    val photosUnreleased: Long,
    val photosOverQuota: Long,
    val refused: List<Logged>,
    val held: Boolean,
    val pulledAllMs: Long?,
    val isSealed: Boolean,
    val seal: String?,
    /** How far the server's clock was ahead of this device's at the last sync; none before the first. */
    val clockOffsetMs: Long? = null,
    val receipt: Receipt? = null,
)

/** What the server signed for last: changes up to [durable], at [serverMs] by its clock. */
data class Receipt(val durable: Long, val hash: String, val serverMs: Long)

/** A record of which something is on this device alone; [sinceMs] is none where only photos wait. */
data class Waiting(
    val record: String,
    val type: Int,
    val title: Words,
    val changes: Int,
    val photos: Int,
    val photoBytes: Long,
    val photosDamaged: Int,
    val photosNotTaken: Int,
    val sinceMs: Long?,
)

/** A change of the own log. */
data class Logged(
    val dot: String,
    val record: String,
    val type: Int,
    val kind: ChangeKind,
    val writes: List<Write>,
    val savedMs: Long,
    val stands: Stands,
)

/** A field that a change set, with what this device had written there before. */
data class Write(val key: FieldKey, val before: Said?, val after: Said)

/** What a value reads like; [masked]: something of it is hidden. */
data class Said(val text: Words, val masked: Boolean)

/** Why somebody wants to see what is masked. */
enum class RevealReason { COMPARE, CONTACT, CORRECT, ASKED }

/** A field that was shown whole on this device, and why. */
data class Revealed(val atMs: Long, val record: String, val type: Int, val field: FieldKey, val reason: RevealReason?)

enum class ChangeKind { CREATE, EDIT, VISIT, DELETE, RESTORE, REVIEW, RESOLVE, MOVE, OTHER }

/** Where a change stands. */
sealed interface Stands {
    data object Here : Stands

    data object Received : Stands

    /** The server keeps it and did not accept it. */
    data class Refused(val code: String) : Stands
}

/** How safe this device's changes to a record are. */
enum class Custody { RECEIVED, REFUSED, HERE }

data class Page(
    val row: Row,
    val gridName: String?,
    val fields: List<PageField>,
    val photos: List<PagePhoto>,
    val history: List<Logged>,
    val custody: Custody,
    val same: List<Row>,
)

/** A field with its live values, the shown one first. */
data class PageField(val key: FieldKey, val values: List<Written>, val inConflict: Boolean) {
    val masked: Boolean get() = values.any { it.said.masked }
}

/** One live value: what it says, who wrote it, when and where. */
data class Written(
    val dot: String,
    val said: Said,
    val author: String,
    val atMs: Long,
    val kind: ChangeKind?,
    val accuracyDm: Int?,
    /** How far the writer stood from the record's place, metres. */
    val awayM: Int?,
    /** What there is to see of it: the photo that it is, and those that came with the same change. */
    val photos: List<PagePhoto>,
)

/** [received] is none for a photo that was taken elsewhere. */
data class PagePhoto(val hash: String, val received: Boolean?, val trouble: PhotoTrouble?)

/** What keeps a photo here: its file, or that this device was revoked. */
enum class PhotoTrouble { DAMAGED, UNRELEASED, OVER_QUOTA }

/** What is known of an identity code on this device; [unchecked]: nothing could be compared. */
data class Duplicates(val rows: List<Row>, val suggestions: List<String>, val unchecked: Boolean)

/** One reading of the receiver. */
data class Fix(
    val latE7: Int,
    val lonE7: Int,
    val accuracyDm: Int,
    val satellites: Boolean,
    val mock: Boolean,
    val atMs: Long,
)

/** How the device is doing, for the supervisors' logs. */
data class Facts(val app: String, val battery: Int?, val network: String, val storageFreeMib: Int?)

enum class Stage { PUSHING, PULLING, REPAIRING, PHOTOS }

data class Progress(val stage: Stage, val done: Long, val total: Long?)

/** How a run of sync went; [unfinished] says why it did not finish. */
data class Report(
    val pushed: Long,
    val pulled: Long,
    val refused: Long,
    val photos: Long,
    val photosFailed: Long,
    val durationMs: Long,
    val unfinished: Unfinished?,
)

sealed interface Unfinished {
    data object Cancelled : Unfinished

    /** Everything was handed in; nothing is given out before a supervisor confirms this device. */
    data object Held : Unfinished

    data class Failed(val trouble: Trouble) : Unfinished
}

/** A run of sync as this device saw it; [outcome] is `finished` or a stable code. */
data class Run(
    val startedMs: Long,
    val outcome: String,
    val pushed: Long,
    val pulled: Long,
    val refused: Long,
    val photos: Long,
)
