package org.gridweave.app.screens.today

import org.gridweave.core.Draft
import org.gridweave.core.Me
import org.gridweave.core.RecordType
import org.gridweave.core.Row
import org.gridweave.core.Safe
import org.gridweave.core.Trouble

data class TodayState(
    val me: Me? = null,
    val safe: Safe? = null,
    val drafts: List<Draft> = emptyList(),
    val conflicts: List<Row> = emptyList(),
    val types: Map<Int, RecordType> = emptyMap(),
    /** The draft that was asked to be thrown away. */
    val discarding: Long? = null,
    /** Free storage, mebibytes. */
    val freeMib: Int? = null,
    /** The draft that was taken up, to be opened. */
    val takenUp: Draft? = null,
    val trouble: Trouble? = null,
)
