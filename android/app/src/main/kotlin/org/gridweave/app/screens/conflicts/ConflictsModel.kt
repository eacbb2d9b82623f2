package org.gridweave.app.screens.conflicts

import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.FieldKey
import org.gridweave.core.Trouble

class ConflictsModel(private val parts: Parts, private val record: String?) :
    Model<ConflictsState, ConflictsEvent>(ConflictsState()) {

    override fun ConflictsState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun look() {
        work {
            val types = parts.book.types()
            if (record == null) {
                val rows = parts.book.conflicts()
                change { it.copy(rows = rows, types = types) }
            } else {
                val page = parts.book.page(record)
                change { it.copy(page = page, types = types) }
            }
        }
    }

    override fun on(event: ConflictsEvent) {
        when (event) {
            is ConflictsEvent.Choose -> change { it.copy(chosen = it.chosen + (event.field to event.dot)) }
            is ConflictsEvent.Take -> take(event.field)
        }
    }

    private fun take(field: FieldKey) {
        val page = now.page ?: return
        val seen = page.fields.find { it.key == field }?.values ?: return
        val chosen = seen.find { it.dot == now.chosen[field] } ?: return
        work {
            parts.book.resolve(page.row.record, field, chosen, seen)
            change { it.copy(chosen = it.chosen - field, trouble = null) }
            look()
        }
    }
}
