package org.gridweave.app.screens.form

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.gridweave.app.Answer
import org.gridweave.app.Kept
import org.gridweave.app.Meter
import org.gridweave.app.Parts
import org.gridweave.app.Place
import org.gridweave.app.fix
import org.gridweave.app.keepPicture
import org.gridweave.app.keepSound
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.photo
import org.gridweave.core.Asks
import org.gridweave.core.FieldKey
import org.gridweave.core.Form
import org.gridweave.core.Next
import org.gridweave.core.Question
import org.gridweave.core.ScreenName
import org.gridweave.core.Trouble
import org.gridweave.core.Value
import org.gridweave.core.valueOf
import org.gridweave.platform.RecorderHeard
import org.gridweave.platform.RecorderTrouble
import org.gridweave.platform.Recording
import org.gridweave.platform.Signature

/**
 * A form in the hands of a person. Steps reach the core one after the other, in the order of the hands, and go on when
 * the screen is left; after each answer the draft is kept.
 */
class FormModel(private val parts: Parts, private val place: Place.Form, private val kept: Kept) :
    Model<FormState, FormEvent>(FormState(editing = place.record != null)) {
    private val turn = Mutex()

    /** Taken when it begins: later this form may be among them, and would wait for itself. */
    private val leftBefore = parts.left()
    private var form: Form? = null
    private var saving: Job? = null

    /** A step failed since the save was asked for: what it brought would not be in the record. */
    private var failed = false
    private var at: ScreenName? = kept[AT]?.split("/")?.let { ScreenName(it[0], it.getOrNull(1)?.toULong()) }
    private var locating: Job? = null
    private var recordingEnded: CompletableDeferred<Unit>? = null
    private val meter = Meter()
    private var recording: Recording? = null
    private var playing: AutoCloseable? = null

    init {
        locate()
        step(keep = false) {}
    }

    override fun FormState.with(trouble: Trouble) = copy(trouble = trouble)

    /** Nothing but this form changes what is shown. */
    override fun look() = Unit

    override fun on(event: FormEvent) {
        if (now.saving && !event.mayComeWhileSaving()) return
        when (event) {
            is FormEvent.Typed -> typed(event.question, event.text)
            is FormEvent.Answered -> answer(event.field, event.value)
            is FormEvent.DayMoved -> {
                change { it.copy(typed = it.typed - event.field, unreadable = it.unreadable - event.field) }
                step { it.moveDay(event.field, event.days) }
            }
            is FormEvent.Toggled -> step { it.toggle(event.field, event.code) }
            is FormEvent.Slid -> step { it.slide(event.field, event.by) }
            is FormEvent.Ranked -> step { it.rank(event.field, event.code, event.by) }
            is FormEvent.OwnPage -> change { it.copy(ownPage = event.field) }
            is FormEvent.Signed -> {
                // The page stays until it is kept: what was signed is not to be signed again.
                step { form ->
                    val jpeg = withContext(Dispatchers.Default) { Signature.jpeg(event.strokes) }
                    form.addPhoto(event.field, parts.keepPicture(jpeg, standing = null, marked = false))
                    change { it.copy(ownPage = null) }
                }
            }
            is FormEvent.PointAdded -> now.meter?.fix?.let { fix ->
                // The next point lies somewhere else: what was read here is not of it.
                meter.forget()
                change { it.copy(meter = null) }
                step { it.addPoint(event.field, fix) }
            }
            is FormEvent.Record -> record(event.field)
            FormEvent.RecordingEnded -> recording?.finish()
            is FormEvent.Play -> play(event.field)
            is FormEvent.PointRemoved -> step { it.removePoint(event.field) }
            is FormEvent.Confirmed -> step { it.confirm(event.field) }
            is FormEvent.Reveal -> step(keep = false) { it.reveal(event.field, event.reason) }
            is FormEvent.Anew -> change { it.copy(anew = it.anew + event.field) }
            is FormEvent.AsItWas -> {
                val field = event.field
                change {
                    it.copy(anew = it.anew - field, typed = it.typed - field, unreadable = it.unreadable - field)
                }
                step { it.asItWas(field) }
            }
            is FormEvent.PhotoAdded -> step { form ->
                val bytes = parts.read(event.uri) ?: throw Trouble(Next.REFUSED, "no_picture", "it cannot be read")
                form.addPhoto(event.field, parts.keepPicture(bytes, now.standing))
            }
            is FormEvent.PhotoRemoved -> step { it.removePhoto(event.field, event.hash) }
            is FormEvent.EntryAdded -> step { it.addRepeat(event.field) }
            is FormEvent.EntryRemoved -> step { it.removeRepeat(event.field, event.instance) }
            is FormEvent.Scan, is FormEvent.Photograph -> Unit // ways to other screens
            FormEvent.Leave -> if (now.late) change { it.copy(trouble = null) }
            is FormEvent.Brought -> brought(event.answer)
            is FormEvent.Heard -> now.codeQuestion()?.let { typed(it, event.code) }
            is FormEvent.TakePlace -> now.meter?.fix?.let { fix ->
                change { it.copy(taken = it.taken + (event.field to fix.accuracyDm)) }
                answer(event.field, Value.Point(fix.latE7, fix.lonE7))
            }
            FormEvent.LocationAsked -> locate()
            is FormEvent.Turn -> turnTo(event.to)
            is FormEvent.Save -> save(event.grid)
        }
    }

    /** The bytes of a photo of this form. */
    suspend fun photo(hash: String) = parts.photo(hash)

    private fun locate() {
        locating?.cancel()
        locating = viewModelScope.launch {
            change { it.copy(developerOptions = parts.location.developerOptions()) }
            parts.location.standing().collect { standing ->
                meter.hear(standing)
                change { it.copy(standing = standing, meter = meter.now) }
            }
        }
    }

    /** What was recorded is kept and answers the question, also when the screen is left meanwhile. */
    private fun record(field: FieldKey) {
        if (now.recording != null) return
        play(null)
        change { it.copy(recording = field, recorderTrouble = null) }
        val ended = CompletableDeferred<Unit>().also { recordingEnded = it }
        recording = parts.services.recorder.record(object : RecorderHeard {
            override fun recorded(sound: ByteArray) {
                change { it.copy(recording = null) }
                step { it.addPhoto(field, parts.keepSound(sound)) }
                ended.complete(Unit)
            }

            override fun failed(trouble: RecorderTrouble) {
                change { it.copy(recording = null, recorderTrouble = trouble) }
                ended.complete(Unit)
            }
        })
    }

    private fun play(field: FieldKey?) {
        playing?.close()
        playing = null
        change { it.copy(playing = field) }
        val hash = (now.look?.questions?.find { it.key == field }?.value as? Value.Photo)?.hash ?: return
        work {
            val sound = parts.book.photo(hash)
            if (now.playing == field) {
                playing = parts.services.recorder.play(sound) { change { it.copy(playing = null) } }
            }
        }
    }

    /**
     * What another screen was opened for; a code is read as if it was typed. In one step: whoever leaves the form right
     * then has it in the draft.
     */
    private fun brought(answer: Answer) {
        val field = fieldKeyOf(answer.asker) ?: return
        if (answer.kind == Answer.PHOTO) return step { it.addPhoto(field, answer.said) }
        step { form ->
            val question = form.look(at).questions.find { it.key == field }
            val value = if (question == null) Value.Text(answer.said) else read(answer.said, field, question.kind)
            if (value != null) {
                form.answer(field, value)
                compare(field, value)
            }
        }
    }

    private fun typed(question: Question, text: String) {
        val field = question.key ?: return
        answer(field, read(text, field, question.kind) ?: return)
    }

    /** Shows what is typed; answers what it says, null where it cannot be read. */
    private fun read(text: String, field: FieldKey, kind: Asks): Value? {
        val value = valueOf(text, kind)
        change {
            val unreadable = if (value == null) it.unreadable + field else it.unreadable - field
            it.copy(typed = it.typed + (field to text), unreadable = unreadable, trouble = null)
        }
        return value
    }

    private fun answer(field: FieldKey, value: Value) {
        change { it.copy(trouble = null) }
        step { it.answer(field, value) }
        compare(field, value)
    }

    /** Looks for other records with this identity code. */
    private fun compare(field: FieldKey, value: Value) {
        val scheme = now.schemes[field.no] ?: return
        val text = (value as? Value.Text)?.text.orEmpty()
        work {
            val found = if (text.isBlank()) null else parts.book.duplicates(place.type, scheme, text)
            // Records that this form edits are no duplicates of themselves.
            val others = found?.copy(rows = found.rows.filter { it.record != place.record })
            change { it.copy(duplicates = if (others == null) it.duplicates - field else it.duplicates + (field to others)) }
        }
    }

    private fun turnTo(screen: ScreenName) {
        change { it.copy(typed = it.typed.filterKeys(it.unreadable::contains), trouble = null) }
        step(keep = false) { at = screen }
    }

    private fun save(grid: String?) {
        if (now.saved != null) return
        failed = false
        change { it.copy(saving = true, sayMissing = true, trouble = null, grids = emptyList()) }
        saving = work(parts.scope) {
            try {
                endRecording()
                while (now.saving && now.saved == null) {
                    turn.withLock { saveLast(grid) }
                    yield()
                }
            } catch (trouble: Trouble) {
                change { it.copy(saving = false) }
                throw trouble
            }
        }
    }

    /** Saves, once no step waits any more, for what was begun before belongs to the record; where one failed, nothing. */
    private suspend fun saveLast(grid: String?) {
        if (now.unkept > 0 || now.saved != null) return
        if (failed) return change { it.copy(saving = false) }
        val form = opened()
        val unreadable = pageOf(form, now.unreadable)
        if (unreadable != null) {
            at = unreadable
            return refused(form, Trouble(Next.REFUSED, "unreadable", "what is typed is no answer"))
        }
        try {
            val record = form.save(now.standing.fix(), grid)
            kept[SAVED] = record
            val left = form.left()
            // What came while it was written is told of before one goes on.
            change { it.copy(saved = record, left = left, trouble = if (it.unkept > 0) tooLate() else null) }
        } catch (trouble: Trouble) {
            refused(form, trouble)
        }
    }

    private fun tooLate() = Trouble(Next.REFUSED, FormState.TOO_LATE, "it was saved before this came")

    /** What is being recorded belongs to the form: it is ended, and its step stands before whatever comes next. */
    private suspend fun endRecording() {
        recording?.finish()
        withTimeoutOrNull(RECORDER_MS) { recordingEnded?.await() }
    }

    /** The first page that asks for one of these fields. */
    private suspend fun pageOf(form: Form, fields: Set<FieldKey>): ScreenName? {
        if (fields.isEmpty()) return null
        var look = form.look(null)
        while (look.questions.none { it.key in fields }) look = form.look(look.next ?: return null)
        return look.name
    }

    /** What stands in the way is shown where it can be mended. */
    private suspend fun refused(form: Form, trouble: Trouble) {
        val grids = if (trouble.code in GRID_WANTED) parts.book.grids() else emptyList()
        if (trouble.code == "problems") at = form.firstError() ?: at
        show(form)
        change { it.copy(saving = false, trouble = trouble, grids = grids) }
    }

    /** One step of the form: it waits for those before it. */
    private fun step(keep: Boolean = true, step: suspend (Form) -> Unit) {
        change { it.copy(unkept = it.unkept + 1) }
        work(parts.scope) {
            turn.withLock {
                try {
                    take(step, keep)
                } catch (trouble: Trouble) {
                    failed = true
                    throw trouble
                } finally {
                    change { it.copy(unkept = it.unkept - 1) }
                }
            }
        }
    }

    private suspend fun take(step: suspend (Form) -> Unit, keep: Boolean) {
        if (now.saved != null) throw tooLate()
        val form = opened()
        step(form)
        show(form)
        if (keep) keep(form)
    }

    /** Keeps the draft. A trouble with that stands beside it until it is kept again: it is nobody's answer that is wrong. */
    private suspend fun keep(form: Form) = try {
        val draft = form.keep()
        kept[Kept.DRAFT] = "$draft"
        change { it.copy(draft = draft, unkeptBecause = null) }
    } catch (trouble: Trouble) {
        change { it.copy(unkeptBecause = trouble) }
    }

    private suspend fun opened(): Form = form ?: begin().also { form = it }

    private suspend fun begin(): Form {
        val types = parts.book.types()
        val schemes = types[place.type]?.fields?.values.orEmpty()
            .mapNotNull { field -> field.scheme?.let { field.no to it } }.toMap()
        change { it.copy(schemes = schemes) }
        // A draft may be of a form that was left just now: of this one, where the screens were shut over it.
        leftBefore.joinAll()
        kept[SAVED]?.let { throw over(it) }
        val draft = kept[Kept.DRAFT]?.toLongOrNull() ?: place.draft
        if (draft == null) return parts.book.startForm(place.type, place.record)
        try {
            val form = parts.book.resumeDraft(draft)
            val left = form.left()
            change { it.copy(draft = draft, left = left) }
            return form
        } catch (trouble: Trouble) {
            // Saved, or thrown away, before the process ended and could note it.
            throw if (trouble.code == "no_draft") over(place.record) else trouble
        }
    }

    /** It is no form any more: the record is shown, where it is known. */
    private fun over(record: String?): Trouble {
        change { it.copy(saved = record) }
        return Trouble(Next.REFUSED, "no_draft", "it was saved or thrown away")
    }

    private suspend fun show(form: Form) {
        val look = form.look(at)
        at = look.name
        kept[AT] = listOfNotNull(look.name.item, look.name.instance?.toString()).joinToString("/")
        change { it.copy(look = look) }
    }

    override fun onCleared() {
        playing?.close()
        parts.leave {
            saving?.join()
            endRecording()
            turn.withLock {
                form?.use {
                    // The last word: there may be room for the draft by now.
                    if (now.unkeptBecause != null) keep(it)
                }
            }
        }
    }

    private companion object {
        const val AT = "at"
        const val SAVED = "saved"

        /** So long a recorder may take to hand over what it has. */
        const val RECORDER_MS = 10_000L
        val GRID_WANTED = setOf("no_grid", "foreign_grid")
    }
}

/**
 * Whether it changes nothing of the form and leads nowhere else, or was begun before, or leads on from what was saved:
 * anything else that came while the form is being saved would be neither in the record nor in a draft.
 */
private fun FormEvent.mayComeWhileSaving() = when (this) {
    is FormEvent.OwnPage -> field == null
    FormEvent.RecordingEnded, FormEvent.LocationAsked, FormEvent.Leave -> true
    is FormEvent.Play, is FormEvent.Brought, is FormEvent.PhotoAdded -> true
    else -> false
}
