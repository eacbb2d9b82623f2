package org.gridweave.app.screens.find

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.ui.Chip
import org.gridweave.app.ui.Chips
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.here
import org.gridweave.core.Listed
import org.gridweave.core.MapStanding

/** What the phone holds, while nothing is typed: filtered by the chips, the next page when the end is seen. */
internal fun LazyListScope.all(state: FindState, on: (FindEvent) -> Unit, go: (Place) -> Unit) {
    val rows = state.rows ?: return
    item { Filters(state, on) }
    if (rows.isEmpty()) item { Small(stringResource(R.string.list_none)) }
    items(rows, key = { it.row.record }) { ListedCard(it, state) { go(Place.Record(it.row.record)) } }
    state.next?.let { end ->
        item(key = "more") {
            LaunchedEffect(end) { on(FindEvent.More) }
            Small(stringResource(R.string.list_more))
        }
    }
}

/** By type, by grid where there are several, and by what wants to be visited. Each says how many it would show. */
@Composable
private fun Filters(state: FindState, on: (FindEvent) -> Unit) {
    val filter = state.filter
    val types = state.counts.map { it.type }.distinct()
    val grids = state.counts.mapNotNull { it.grid }.distinct()
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Chips {
            val all = filter.copy(type = null)
            Chip(stringResource(R.string.list_all, state.count(all)), filter == all) { on(FindEvent.Only(all)) }
            for (type in types) {
                val only = filter.copy(type = type)
                val name = state.types[type]?.label?.here() ?: "$type"
                Chip(stringResource(R.string.list_chip, name, state.count(only)), filter == only) { on(FindEvent.Only(only)) }
            }
        }
        if (grids.size > 1) {
            Chips {
                val all = filter.copy(grid = null)
                Chip(stringResource(R.string.list_all_grids, state.count(all)), filter == all) { on(FindEvent.Only(all)) }
                for (grid in grids) {
                    val only = filter.copy(grid = grid)
                    Chip(stringResource(R.string.list_chip, state.gridName(grid), state.count(only)), filter == only) {
                        on(FindEvent.Only(only))
                    }
                }
            }
        }
        val due = filter.copy(due = true)
        if (filter.due || state.count(due) > 0) {
            Chips {
                Chip(stringResource(R.string.list_due, state.count(due)), filter.due) {
                    on(FindEvent.Only(filter.copy(due = !filter.due)))
                }
            }
        }
    }
}

@Composable
private fun ListedCard(listed: Listed, state: FindState, onClick: () -> Unit) {
    val row = listed.row
    RowCard(
        row,
        state.types,
        more = {
            val visited = row.visitedMs?.let { stringResource(R.string.list_visited, cityTime(it)) }
            Small(listOfNotNull(row.grid?.let(state::gridName), visited ?: stringResource(R.string.list_never_visited)).joinToString(" · "))
            if (listed.due) Small(stringResource(R.string.list_is_due))
            when (listed.standing) {
                MapStanding.WAITING -> Small(stringResource(R.string.custody_here), MaterialTheme.colorScheme.error)
                MapStanding.REFUSED -> Small(stringResource(R.string.custody_refused), MaterialTheme.colorScheme.error)
                MapStanding.RECEIVED, MapStanding.CONFLICT -> Unit
            }
        },
        onClick = onClick,
    )
}

/** What a grid is called; its code where that is not known. */
private fun FindState.gridName(code: String) = grids.find { it.code == code }?.name ?: code
