package org.gridweave.core

import kotlinx.coroutines.CoroutineDispatcher
import org.gridweave.ffi.ScreenId
import org.gridweave.ffi.Severity
import java.security.SecureRandom
import org.gridweave.ffi.Fieldbook as Ffi
import org.gridweave.ffi.FormSession as FfiForm

/** A form of the Rust core. */
internal class RustForm(
    private val book: Ffi,
    private val session: FfiForm,
    override val record: String?,
    private val io: CoroutineDispatcher,
) : Form {
    override val type = session.recordType().toInt()

    override suspend fun left() = ask(io) { session.recordLeft() }

    override suspend fun look(at: ScreenName?) = ask(io) {
        val screens = session.screens()
        val wanted = at?.let { ScreenId(it.item, it.instance) }?.takeIf(screens::contains) ?: screens.first()
        val screen = checkNotNull(session.screen(wanted)) { "a screen that is asked is there" }
        Look(
            heading = session.label().ours(),
            name = wanted.ours(),
            title = screen.title.ours(),
            number = screens.indexOf(wanted) + 1,
            of = screens.size,
            next = session.nextScreen(wanted)?.ours(),
            previous = session.previousScreen(wanted)?.ours(),
            questions = screen.questions.filter { it.relevant }.map { it.ours() },
            entries = screen.entries?.let { entries ->
                Entries(entries.no.toInt(), entries.instances, entries.problems.map { it.ours() })
            },
            problems = session.problems().map { it.ours() },
        )
    }

    override suspend fun firstError() = ask(io) {
        session.screens().firstOrNull { id ->
            val screen = session.screen(id)
            val asked = screen?.questions.orEmpty().filter { it.relevant }.flatMap { it.problems }
            (asked + screen?.entries?.problems.orEmpty()).any { it.severity == Severity.ERROR }
        }?.ours()
    }

    override suspend fun answer(field: FieldKey, value: Value) {
        ask(io) { session.answer(field.theirs(), value.theirs()) }
    }

    override suspend fun toggle(field: FieldKey, code: Code) {
        ask(io) { session.toggle(field.theirs(), code.theirs()) }
    }

    override suspend fun slide(field: FieldKey, by: Int) {
        ask(io) { session.slide(field.theirs(), by) }
    }

    override suspend fun rank(field: FieldKey, code: Code, by: Int) {
        ask(io) { session.rank(field.theirs(), code.theirs(), by) }
    }

    override suspend fun moveDay(field: FieldKey, days: Int) = ask(io) { book.moveDay(session, field.theirs(), days) }

    override suspend fun confirm(field: FieldKey) = ask(io) { session.confirm(field.theirs()) }

    override suspend fun asItWas(field: FieldKey) {
        ask(io) { session.asItWas(field.theirs()) }
    }

    override suspend fun reveal(field: FieldKey, reason: RevealReason) =
        ask(io) { book.revealAnswer(session, field.theirs(), reason.theirs()) }

    override suspend fun addRepeat(field: Int) {
        val instance = random.nextLong().toULong()
        ask(io) { session.addRepeat(field.toUShort(), instance) }
    }

    override suspend fun removeRepeat(field: Int, instance: ULong) {
        ask(io) { session.removeRepeat(field.toUShort(), instance) }
    }

    override suspend fun addPhoto(field: FieldKey, hash: String) {
        ask(io) { session.putPhoto(field.theirs(), hash) }
    }

    override suspend fun removePhoto(field: FieldKey, hash: String) {
        ask(io) { session.dropPhoto(field.theirs(), hash) }
    }

    override suspend fun addPoint(field: FieldKey, fix: Fix) {
        ask(io) { session.addPoint(field.theirs(), fix.theirs().point) }
    }

    override suspend fun removePoint(field: FieldKey) {
        ask(io) { session.removePoint(field.theirs()) }
    }

    override suspend fun keep() = ask(io) { book.saveDraft(session) }

    override suspend fun save(fix: Fix?, grid: String?) =
        ask(io) { book.saveForm(session, fix?.theirs(), grid).record }

    override fun close() = session.close()

    private companion object {
        val random = SecureRandom()
    }
}
