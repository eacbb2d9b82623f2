package org.gridweave.app.screens.find

import org.gridweave.core.Hits
import org.gridweave.core.RecordType
import org.gridweave.core.Trouble

data class FindState(
    val query: String = "",
    /** None while nothing was asked. */
    val hits: Hits? = null,
    val types: Map<Int, RecordType> = emptyMap(),
    val trouble: Trouble? = null,
)
