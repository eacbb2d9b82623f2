package org.gridweave.app.screens.conflicts

import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.photo
import org.gridweave.core.FieldKey
import org.gridweave.core.Page
import org.gridweave.core.Trouble
import org.gridweave.core.Written

class ConflictsModel(private val parts: Parts, private val record: String?, private val kept: Kept) :
    Model<ConflictsState, ConflictsEvent>(ConflictsState(chosen = read(kept[CHOSEN]))) {
    private var taking = false

    override fun ConflictsState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun look() {
        work { see() }
    }

    private suspend fun see() {
        latest {
            val types = parts.book.types()
            val rows = if (record == null) parts.book.conflicts() else null
            val page = record?.let { parts.book.page(it) }
            return@latest { it.copy(rows = rows, page = page, types = types) }
        }
        // A value that was replaced meanwhile cannot be taken.
        val page = now.page ?: return
        choose(now.chosen.filter { (field, dot) -> page.values(field).any { it.dot == dot } })
    }

    override fun on(event: ConflictsEvent) {
        when (event) {
            is ConflictsEvent.Choose -> {
                choose(now.chosen + (event.field to event.dot))
                change { it.copy(trouble = null) }
            }
            is ConflictsEvent.Take -> take(event.field)
            is ConflictsEvent.Reveal -> work {
                val whole = parts.book.reveal(record ?: return@work, event.field, event.reason)
                change { it.copy(revealed = it.revealed + (event.field to whole)) }
            }
        }
    }

    private fun take(field: FieldKey) {
        if (taking) return
        val page = now.page ?: return
        val seen = page.values(field)
        val chosen = seen.find { it.dot == now.chosen[field] } ?: return
        taking = true
        work {
            try {
                val outdated = settled(page.row.record, field, chosen, seen)
                see()
                change { it.copy(trouble = outdated) }
            } finally {
                taking = false
            }
        }
    }

    /** Settles a field; a trouble where something came meanwhile: it is shown, and that it is new is said. */
    private suspend fun settled(record: String, field: FieldKey, chosen: Written, seen: List<Written>): Trouble? = try {
        parts.book.choose(record, field, chosen, seen)
        null
    } catch (trouble: Trouble) {
        if (trouble.code == "outdated") trouble else throw trouble
    }

    /** The live values of a field. */
    private fun Page.values(field: FieldKey): List<Written> = fields.find { it.key == field }?.values.orEmpty()

    private fun choose(chosen: Map<FieldKey, String>) {
        kept[CHOSEN] = chosen.entries.joinToString(";") { (field, dot) -> "${field.no}/${field.instance ?: ""}/$dot" }
        change { it.copy(chosen = chosen) }
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
