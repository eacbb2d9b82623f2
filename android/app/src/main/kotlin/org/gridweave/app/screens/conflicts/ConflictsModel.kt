package org.gridweave.app.screens.conflicts

import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.photo
import org.gridweave.core.FieldKey
import org.gridweave.core.Trouble

class ConflictsModel(private val parts: Parts, private val record: String?, private val kept: Kept) :
    Model<ConflictsState, ConflictsEvent>(ConflictsState(chosen = read(kept[CHOSEN]))) {

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
            is ConflictsEvent.Choose -> choose(now.chosen + (event.field to event.dot))
            is ConflictsEvent.Take -> take(event.field)
            is ConflictsEvent.Reveal -> work {
                val whole = parts.book.reveal(record ?: return@work, event.field, event.reason)
                change { it.copy(revealed = it.revealed + (event.field to whole)) }
            }
        }
    }

    private fun take(field: FieldKey) {
        val page = now.page ?: return
        val seen = page.fields.find { it.key == field }?.values ?: return
        val chosen = seen.find { it.dot == now.chosen[field] } ?: return
        work {
            parts.book.choose(page.row.record, field, chosen, seen)
            choose(now.chosen - field)
            look()
        }
    }

    private fun choose(chosen: Map<FieldKey, String>) {
        kept[CHOSEN] = chosen.entries.joinToString(";") { (field, dot) -> "${field.no}/${field.instance ?: ""}/$dot" }
        change { it.copy(chosen = chosen, trouble = null) }
    }

    /** The bytes of a photo; none for one that is not on this device. */
    suspend fun photo(hash: String) = parts.photo(hash)

    private companion object {
        const val CHOSEN = "chosen"

        fun read(text: String?): Map<FieldKey, String> = text.orEmpty().split(";").filter { it.isNotEmpty() }.associate {
            val (no, instance, dot) = it.split("/", limit = 3)
            FieldKey(no.toInt(), instance.toULongOrNull()) to dot
        }
    }
}
