package org.gridweave.core

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.gridweave.ffi.FieldbookException
import org.gridweave.ffi.SyncListener
import org.gridweave.ffi.SyncOptions
import org.gridweave.ffi.Fieldbook as Ffi
import org.gridweave.ffi.FormSession as FfiForm

/** The field book of the Rust core. Beside `Translate*.kt` and the other `Rust*.kt` the only code that knows the bindings. */
class RustFieldbook internal constructor(
    private val book: Ffi,
    private val io: CoroutineDispatcher,
) : Fieldbook {
    override suspend fun me(): Me? = try {
        told { book.identity() }.let { Me(it.personName, it.organisation) }
    } catch (trouble: Trouble) {
        if (trouble.next == Next.ENROL) null else throw trouble
    }

    override suspend fun enrol(code: String, device: String) = told { book.enrol(code.trim(), device).ours() }

    override suspend fun pollEnrolment() = told { book.pollEnrolment().ours() }

    override suspend fun hasPin() = told { book.hasPin() }

    override suspend fun setPin(old: String?, new: String) = told { book.setPin(old, new) }

    override suspend fun checkPin(pin: String) = told { book.checkPin(pin) }

    override suspend fun types() = told { book.recordTypes().map { it.ours() }.associateBy { it.no } }

    override suspend fun grids() = told { book.grids().map { Grid(it.code, it.name) } }

    override suspend fun safe() = told { book.safe().ours() }

    override suspend fun drafts() = told { book.drafts().map { it.ours() } }

    override suspend fun draftOf(record: String) = told { book.draftOf(record)?.ours() }

    override suspend fun discardDraft(id: Long) = told { book.discardDraft(id) }

    override suspend fun conflicts() = told { book.conflicts().map { it.ours() } }

    override suspend fun mapOfGrids(widthPx: Int, heightPx: Int) =
        told { book.mapOfGrids(widthPx.toUInt(), heightPx.toUInt())?.ours() }

    override suspend fun drawMap(view: MapView, type: Int?) =
        told { book.drawMap(view.theirs(), type?.toUShort()).ours(view) }

    override suspend fun list(filter: ListFilter, after: ListEnd?) =
        told { book.listRecords(filter.theirs(), after?.theirs()).ours() }

    override suspend fun counts() = told { book.recordCounts().map { it.ours() } }

    override suspend fun find(query: String) = told { book.find(query).ours() }

    override suspend fun page(record: String) = told { book.recordPage(record).ours() }

    override suspend fun confirmVisit(record: String, fix: Fix?) {
        told { book.confirmVisit(record, fix?.theirs()) }
    }

    override suspend fun reasonsGone(type: Int) = told { book.reasonsGone(type.toUShort()).map { it.ours() } }

    override suspend fun delete(record: String, reason: Code, fix: Fix?) {
        told { book.delete(record, reason.code, fix?.theirs()) }
    }

    override suspend fun restore(record: String, fix: Fix?) {
        told { book.restore(record, fix?.theirs()) }
    }

    override suspend fun distance(record: String, fix: Fix) =
        told { book.distanceFrom(record, fix.theirs())?.toInt() }

    override suspend fun takeUp(refused: String) = told { book.takeUp(refused) }

    override suspend fun reveal(record: String, field: FieldKey, reason: RevealReason) = told {
        book.reveal(record, field.theirs(), reason.theirs()).associate { it.dot to it.text.ours() }
    }

    override suspend fun revealed(max: Int) = told { book.revealed(max.toUInt()).map { it.ours() } }

    override suspend fun choose(record: String, field: FieldKey, chosen: Written, seen: List<Written>) {
        told { book.choose(record, field.theirs(), chosen.dot, seen.map { it.dot }) }
    }

    override fun satellites(ms: Long) = book.hearGnss(ms)

    override suspend fun addPhoto(bytes: ByteArray) = told { book.addPhoto(bytes) }

    override suspend fun photo(hash: String) = told { book.photo(hash) }

    override suspend fun duplicates(type: Int, scheme: String, code: String) =
        told { book.duplicateCheck(type.toUShort(), scheme, code).ours() }

    override suspend fun startForm(type: Int, record: String?): Form =
        told { form(book.startForm(type.toUShort(), record), record) }

    override suspend fun resumeDraft(id: Long): Form = told {
        val record = book.drafts().find { it.id == id }?.record
        form(book.resumeDraft(id), record)
    }

    override suspend fun waiting() = told { book.waiting().map { it.ours() } }

    override suspend fun diagnostics(about: List<String>) = told { book.diagnostics(about) }

    override suspend fun runs(max: Int) = told { book.sessions(max.toUInt()).map { it.ours() } }

    override suspend fun startSync(facts: Facts, heard: SyncHeard, photos: Boolean): SyncHandle = told {
        val options = SyncOptions(
            photos = photos,
            app = facts.app,
            battery = facts.battery?.toUByte(),
            network = facts.network,
            storageFreeMib = facts.storageFreeMib?.toUInt(),
        )
        val task = book.syncStart(Heard(heard), options)
        SyncHandle { task.cancel() }
    }

    override fun close() = book.close()

    private fun form(session: FfiForm, record: String?) = RustForm(book, session, record, io)

    private suspend fun <T> told(call: () -> T): T = ask(io, call)

    private class Heard(private val heard: SyncHeard) : SyncListener {
        override fun progress(progress: org.gridweave.ffi.Progress) = heard.progress(progress.ours())

        override fun finished(report: org.gridweave.ffi.SyncReport) = heard.finished(report.ours())
    }

    companion object {
        /** Opens the field book in [directory], making it if it is not there; [key] has 32 bytes. Blocking. */
        fun open(directory: String, key: ByteArray, io: CoroutineDispatcher = Dispatchers.IO) =
            translated { RustFieldbook(Ffi.open(directory, key), io) }
    }
}

/**
 * Runs a call of the core off the caller's thread; its errors become ours. Who asks a field book that was closed meanwhile
 * is no longer waited for: the asking ends like one that was cancelled.
 */
internal suspend fun <T> ask(io: CoroutineDispatcher, call: () -> T): T = withContext(io) {
    try {
        translated(call)
    } catch (closed: IllegalStateException) {
        if ("destroyed" in closed.message.orEmpty()) throw CancellationException("the field book was closed")
        throw closed
    }
}

/** A call of the core, made here and now; its errors become ours. */
internal fun <T> translated(call: () -> T): T = try {
    call()
} catch (error: FieldbookException) {
    throw error.ours()
}
