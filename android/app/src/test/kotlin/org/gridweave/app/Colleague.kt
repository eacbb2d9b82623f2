package org.gridweave.app

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Enrolment
import org.gridweave.core.Facts
import org.gridweave.core.Fieldbook
import org.gridweave.core.Form
import org.gridweave.core.Look
import org.gridweave.core.Progress
import org.gridweave.core.Report
import org.gridweave.core.RustFieldbook
import org.gridweave.core.SyncHeard
import org.gridweave.core.Value
import java.nio.file.Files

/** Another worker of the same grid, with a device of her own. */
class Colleague(name: String) : AutoCloseable {
    private val directory = Files.createTempDirectory("gridweave-colleague").toFile().also(City::teach)
    val book = RustFieldbook.open(directory.path, ByteArray(32) { 7 })

    init {
        val answer = runBlocking { book.enrol(City.worker(name), "another PDA of the tests") }
        check(answer == Enrolment.Enrolled)
        sync()
    }

    fun sync(): Report = runBlocking {
        val ended = CompletableDeferred<Report>()
        val heard = object : SyncHeard {
            override fun progress(progress: Progress) = Unit

            override fun finished(report: Report) {
                ended.complete(report)
            }
        }
        book.startSync(Facts("tests", null, "loopback", null), heard)
        ended.await().also { check(it.unfinished == null) { "${it.unfinished}" } }
    }

    /** Writes a text into a field of a record, through its form. */
    fun edit(record: String, item: String, text: String) = runBlocking { book.edit(record, item, text) }

    /** What a field of a record says here. */
    fun texts(record: String, field: String): List<String> = runBlocking {
        val page = book.page(record)
        val no = book.types().getValue(page.row.type).fields.values.first { it.name == field }.no
        page.fields.first { it.key.no == no }.values.map { it.said.text.zh }
    }

    override fun close() {
        book.close()
        directory.deleteRecursively()
    }
}

/** Writes a text into a field of a record, through its form. */
suspend fun Fieldbook.edit(record: String, item: String, text: String) {
    startForm(page(record).row.type, record).use { form ->
        form.answer(form.field(item), Value.Text(text))
        form.save(null, null)
    }
}

suspend fun Form.field(item: String) = pages().flatMap { it.questions }.first { it.item == item }.key!!

/** All pages of a form as it stands now. */
suspend fun Form.pages(): List<Look> {
    val pages = mutableListOf(look(null))
    while (true) pages += look(pages.last().next ?: return pages)
}

const val PERSON = 1

/** Saves a person with what is always asked, past the screens; answers the record. */
suspend fun Fieldbook.person(name: String, phone: String, grid: String): String = startForm(PERSON, null).use { form ->
    val asked = form.pages().flatMap { it.questions }.filter { it.key != null }.associateBy { it.item }
    val status = asked.getValue("residence_status")
    form.answer(checkNotNull(status.key), Value.One(status.choices.first().code))
    form.answer(checkNotNull(asked.getValue("name").key), Value.Text(name))
    form.answer(checkNotNull(asked.getValue("phone").key), Value.Text(phone))
    form.save(null, grid)
}
