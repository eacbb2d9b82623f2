package org.gridweave.app

import org.gridweave.core.Code
import org.gridweave.core.FieldKey
import org.gridweave.core.Fieldbook
import org.gridweave.core.Fix
import org.gridweave.core.Form
import org.gridweave.core.Written

/** The field book, that says when something was saved: it wants to be handed in. */
class SavingBook(private val book: Fieldbook, private val saved: () -> Unit) : Fieldbook by book {
    override suspend fun startForm(type: Int, record: String?): Form = SavingForm(book.startForm(type, record))

    override suspend fun resumeDraft(id: Long): Form = SavingForm(book.resumeDraft(id))

    override suspend fun confirmVisit(record: String, fix: Fix?) {
        book.confirmVisit(record, fix)
        saved()
    }

    override suspend fun delete(record: String, reason: Code, fix: Fix?) {
        book.delete(record, reason, fix)
        saved()
    }

    override suspend fun restore(record: String, fix: Fix?) {
        book.restore(record, fix)
        saved()
    }

    override suspend fun choose(record: String, field: FieldKey, chosen: Written, seen: List<Written>) {
        book.choose(record, field, chosen, seen)
        saved()
    }

    private inner class SavingForm(private val form: Form) : Form by form {
        override suspend fun save(fix: Fix?, grid: String?): String = form.save(fix, grid).also { saved() }
    }
}
