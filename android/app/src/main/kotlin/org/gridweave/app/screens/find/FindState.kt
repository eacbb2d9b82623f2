package org.gridweave.app.screens.find

import org.gridweave.core.Grid
import org.gridweave.core.Hits
import org.gridweave.core.ListEnd
import org.gridweave.core.ListFilter
import org.gridweave.core.Listed
import org.gridweave.core.RecordCount
import org.gridweave.core.RecordType
import org.gridweave.core.Trouble

data class FindState(
    val query: String = "",
    /** None while nothing was asked. */
    val hits: Hits? = null,
    val types: Map<Int, RecordType> = emptyMap(),
    val grids: List<Grid> = emptyList(),
    /** What of all records is shown while nothing is typed. */
    val filter: ListFilter = ListFilter(),
    val counts: List<RecordCount> = emptyList(),
    /** The pages that were read so far; none before the first. */
    val rows: List<Listed>? = null,
    /** Where the next page begins. */
    val next: ListEnd? = null,
    val trouble: Trouble? = null,
) {
    /** How many records fit a filter. */
    fun count(filter: ListFilter): Long = counts
        .filter { (filter.type ?: it.type) == it.type && (filter.grid ?: it.grid) == it.grid }
        .sumOf { if (filter.due) it.due else it.count }
}
