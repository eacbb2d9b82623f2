package org.gridweave.app.screens.find

import kotlinx.coroutines.Job
import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.Trouble

class FindModel(private val parts: Parts, private val kept: Kept) :
    Model<FindState, FindEvent>(FindState(query = kept[QUERY].orEmpty())) {
    private var asking: Job? = null

    override fun FindState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun on(event: FindEvent) {
        when (event) {
            is FindEvent.Typed -> {
                kept[QUERY] = event.query
                change { it.copy(query = event.query, trouble = null) }
                look()
            }
        }
    }

    /** Only the answer to the last question is shown. */
    override fun look() {
        asking?.cancel()
        asking = work {
            val types = parts.book.types()
            val query = now.query
            val hits = if (query.isBlank()) null else parts.book.find(query)
            change { it.copy(hits = hits, types = types) }
        }
    }

    private companion object {
        const val QUERY = "query"
    }
}
