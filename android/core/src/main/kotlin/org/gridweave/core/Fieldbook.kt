package org.gridweave.core

/**
 * The device's field book, as the screens know it. Every call waits for the core on a thread of its own, so it may be
 * made from anywhere; what goes wrong comes as a [Trouble].
 */
interface Fieldbook : AutoCloseable {
    /** Who writes with this device; none before it is enrolled. */
    suspend fun me(): Me?

    /** Takes an enrolment code to the server; [device] says what this is, for the supervisor. */
    suspend fun enrol(code: String, device: String): Enrolment

    /** Asks whether a supervisor has confirmed. */
    suspend fun pollEnrolment(): Enrolment

    /** Whether a PIN opens it. */
    suspend fun hasPin(): Boolean

    /** Sets or changes the PIN, 6 to 12 digits; [old] where one is set. Codes: `wrong_pin`, `pin_wait`, `pin_unfit`. */
    suspend fun setPin(old: String?, new: String)

    /** Checks the PIN of a person who comes back, with the same tries and waits as at opening. */
    suspend fun checkPin(pin: String)

    /** What may be collected, by number. */
    suspend fun types(): Map<Int, RecordType>

    suspend fun grids(): List<Grid>

    /** How safe the worker's work is. */
    suspend fun safe(): Safe

    suspend fun drafts(): List<Draft>

    /** Which form is for an edit of this record: the draft that was kept last. With none, one is begun. */
    suspend fun draftOf(record: String): Draft?

    suspend fun discardDraft(id: Long)

    /** The view that shows all of the device's grids; none before the first sync. */
    suspend fun mapOfGrids(widthPx: Int, heightPx: Int): MapView?

    /** What a map draws for a view: what is of one type, or all. */
    suspend fun drawMap(view: MapView, type: Int? = null): MapList

    /** Records with open conflicts, last touched first. */
    suspend fun conflicts(): List<Row>

    /** A page of the living records that fit a filter, newest change first; it begins after [after]. */
    suspend fun list(filter: ListFilter, after: ListEnd? = null): ListPage

    /** How many living records there are of each type in each grid. */
    suspend fun counts(): List<RecordCount>

    /** Records that have all parts of [query] in their names, initials, addresses or codes. */
    suspend fun find(query: String): Hits

    suspend fun page(record: String): Page

    /** Confirms a record at the spot; nothing of it changes. */
    suspend fun confirmVisit(record: String, fix: Fix?)

    /** Why a thing of this type may be gone. */
    suspend fun reasonsGone(type: Int): List<Choice>

    /** Declares a record's thing gone; [reason] is one of [reasonsGone]. */
    suspend fun delete(record: String, reason: Code, fix: Fix?)

    /** Takes a deletion back. */
    suspend fun restore(record: String, fix: Fix?)

    /** How far a reading lies from the place of a record, metres; none where the record has no place. */
    suspend fun distance(record: String, fix: Fix): Int?

    /** Takes up again what the server did not accept of a new record; answers the draft of another new one. */
    suspend fun takeUp(refused: String): Long

    /** The values of a masked field whole, by their dots; who asked and why is written down first. */
    suspend fun reveal(record: String, field: FieldKey, reason: RevealReason): Map<String, Words>

    /** What was shown whole on this device, newest first. */
    suspend fun revealed(max: Int): List<Revealed>

    /** Settles one field with one of its values; [seen] are the values that were on the screen. */
    suspend fun choose(record: String, field: FieldKey, chosen: Written, seen: List<Written>)

    /** The receiver told the satellites' time just now: changes saved in the next minute carry it. */
    fun satellites(ms: Long)

    /** Keeps a photo or a recording, durably; answers its hash. */
    suspend fun addPhoto(bytes: ByteArray): String

    suspend fun photo(hash: String): ByteArray

    /** Records with this identity code on this device. */
    suspend fun duplicates(type: Int, scheme: String, code: String): Duplicates

    suspend fun startForm(type: Int, record: String?): Form

    suspend fun resumeDraft(id: Long): Form

    /** Records of which something is on this device alone, the longest waiting first. */
    suspend fun waiting(): List<Waiting>

    /** How this device is doing, as lines without anything personal; [about] are the app's own. */
    suspend fun diagnostics(about: List<String>): String

    /** The last runs of sync, newest first. */
    suspend fun runs(max: Int): List<Run>

    /** Starts a run of sync and returns at once. Without [photos] these wait for another run. */
    suspend fun startSync(facts: Facts, heard: SyncHeard, photos: Boolean = true): SyncHandle
}

/** A form being filled in. The core decides what is asked; see [Look]. */
interface Form : AutoCloseable {
    val type: Int

    /** The record that it edits; none for a new one. */
    val record: String?

    /** Whether that record has left this device's grids by now: what is saved is handed in all the same. */
    suspend fun left(): Boolean

    /** A screen as it stands now; the first when [at] is none or is not asked any more. */
    suspend fun look(at: ScreenName?): Look

    /** The first screen with an answer that is to be put right. */
    suspend fun firstError(): ScreenName?

    /** Answers a question; [Value.Nothing] clears it. */
    suspend fun answer(field: FieldKey, value: Value)

    /** Chooses one of several, or no longer where it is chosen; the others stay. */
    suspend fun toggle(field: FieldKey, code: Code)

    /** Moves a number on its scale by so many steps; one that is not answered begins at the start. */
    suspend fun slide(field: FieldKey, by: Int)

    /** Moves a choice of a rank by so many places, up where negative; by none: the order that is shown is the answer. */
    suspend fun rank(field: FieldKey, code: Code, by: Int)

    /** Moves a date, with or without time, by so many days; one that is not answered begins with now. */
    suspend fun moveDay(field: FieldKey, days: Int)

    /** The worker says that the identity code stands on the original as it is typed. */
    suspend fun confirm(field: FieldKey)

    /** Puts back what the record holds, covered as it was. */
    suspend fun asItWas(field: FieldKey)

    /** Shows a masked answer that the record brought along; who asked and why is written down first. */
    suspend fun reveal(field: FieldKey, reason: RevealReason)

    suspend fun addRepeat(field: Int)

    suspend fun removeRepeat(field: Int, instance: ULong)

    /** Puts a photo or a recording into a question's set, or in the place of the one that it has. */
    suspend fun addPhoto(field: FieldKey, hash: String)

    suspend fun removePhoto(field: FieldKey, hash: String)

    /** Adds a place to the end of a line or an area. */
    suspend fun addPoint(field: FieldKey, fix: Fix)

    /** Takes the last point of a line or an area away. */
    suspend fun removePoint(field: FieldKey)

    /** Puts the form aside, durably; answers the draft's number. */
    suspend fun keep(): Long

    /** Saves it as one change and forgets its draft; answers the record. */
    suspend fun save(fix: Fix?, grid: String?): String
}

/** Hears how far a run of sync is, on a thread of the core. */
interface SyncHeard {
    fun progress(progress: Progress)

    fun finished(report: Report)
}

/** A run of sync; letting go of it does not end it. */
fun interface SyncHandle {
    /** Ends the run at its next wait. What was done is kept. */
    fun cancel()
}

/** What the person or the app can do next. */
enum class Next { RETRY, ENROL, UNLOCK, LOST, UPDATE, REFUSED, BROKEN }

/** What went wrong. [code] is stable and chooses the words, [reason] is for logs. */
class Trouble(val next: Next, val code: String, val reason: String) : Exception("$code: $reason")
