package org.gridweave.app.screens.find

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.drop
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.ListEnd
import org.gridweave.core.ListFilter
import org.gridweave.core.Listed
import org.gridweave.core.Trouble

class FindModel(private val parts: Parts, private val kept: Kept) :
    Model<FindState, FindEvent>(FindState(query = kept[QUERY].orEmpty(), filter = read(kept[FILTER]))) {
    private var asking: Job? = null
    private var paging: Job? = null

    init {
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().drop(1).collect { look() } }
    }

    override fun FindState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun on(event: FindEvent) {
        when (event) {
            is FindEvent.Typed -> {
                kept[QUERY] = event.query
                change { it.copy(query = event.query, trouble = null) }
                look()
            }
            is FindEvent.Only -> {
                kept[FILTER] = "${event.filter.type ?: ""} ${event.filter.grid.orEmpty()} ${event.filter.due}"
                change { it.copy(filter = event.filter, rows = null, next = null, trouble = null) }
                look()
            }
            FindEvent.More -> more()
        }
    }

    /** Only the answer to the last question is shown. */
    override fun look() {
        asking?.cancel()
        asking = work {
            val (book, asked) = parts.book to now
            val types = book.types()
            if (asked.query.isNotBlank()) {
                val hits = book.find(asked.query)
                change { it.copy(hits = hits, types = types) }
            } else {
                val (counts, grids) = book.counts() to book.grids()
                // As many as were seen: whoever comes back finds the place again.
                val (rows, next) = pages(asked.filter, asked.rows.orEmpty().size)
                change { it.copy(hits = null, types = types, grids = grids, counts = counts, rows = rows, next = next) }
            }
        }
    }

    private suspend fun pages(filter: ListFilter, least: Int): Pair<List<Listed>, ListEnd?> {
        var page = parts.book.list(filter)
        val rows = page.rows.toMutableList()
        while (rows.size < least) {
            page = parts.book.list(filter, page.next ?: break)
            rows += page.rows
        }
        return rows to page.next
    }

    private fun more() {
        val end = now.next ?: return
        paging?.cancel()
        paging = work {
            val page = parts.book.list(now.filter, end)
            change { seen ->
                // The list was read anew meanwhile: its own end asks again.
                if (seen.next != end) return@change seen
                // What was changed since the first page was read stands in it already.
                val known = seen.rows.orEmpty().mapTo(mutableSetOf()) { it.row.record }
                seen.copy(rows = seen.rows.orEmpty() + page.rows.filter { it.row.record !in known }, next = page.next)
            }
        }
    }

    private companion object {
        const val QUERY = "query"
        const val FILTER = "filter"

        fun read(text: String?): ListFilter {
            val (type, grid, due) = text?.split(" ") ?: return ListFilter()
            return ListFilter(type.toIntOrNull(), grid.ifEmpty { null }, due.toBoolean())
        }
    }
}
