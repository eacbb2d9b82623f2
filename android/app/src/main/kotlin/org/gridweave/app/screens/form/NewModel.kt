package org.gridweave.app.screens.form

import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.RecordType
import org.gridweave.core.Trouble

data class NewState(val types: List<RecordType> = emptyList(), val trouble: Trouble? = null)

/** Nothing is done here but going on to the form. */
class NewModel(private val parts: Parts) : Model<NewState, Nothing>(NewState()) {
    override fun NewState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun on(event: Nothing) = Unit

    override fun look() {
        work {
            val types = parts.book.types().values.sortedBy { it.no }
            change { it.copy(types = types) }
        }
    }
}
