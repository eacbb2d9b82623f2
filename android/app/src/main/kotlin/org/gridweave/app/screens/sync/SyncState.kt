package org.gridweave.app.screens.sync

import org.gridweave.app.SyncNow
import org.gridweave.core.RecordType
import org.gridweave.core.Run
import org.gridweave.core.Safe
import org.gridweave.core.Trouble
import org.gridweave.core.Waiting
import org.gridweave.platform.Chosen

data class SyncState(
    val now: SyncNow = SyncNow(),
    val safe: Safe? = null,
    val runs: List<Run> = emptyList(),
    /** What is on this device alone. */
    val waiting: List<Waiting> = emptyList(),
    val types: Map<Int, RecordType> = emptyMap(),
    /** How sync is to be done. */
    val chosen: Chosen = Chosen(),
    /** What may be told outside the screens is told. */
    val noticesAllowed: Boolean = true,
    val trouble: Trouble? = null,
)
