package org.gridweave.app.screens.sync

import org.gridweave.app.SyncNow
import org.gridweave.core.Run
import org.gridweave.core.Safe
import org.gridweave.core.Trouble

data class SyncState(
    val now: SyncNow = SyncNow(),
    val safe: Safe? = null,
    val runs: List<Run> = emptyList(),
    val trouble: Trouble? = null,
)
