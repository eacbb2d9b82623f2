package org.gridweave.app

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.gridweave.core.Facts
import org.gridweave.core.Progress
import org.gridweave.core.Report
import org.gridweave.core.SyncHandle
import org.gridweave.core.SyncHeard
import org.gridweave.core.Trouble

/** How far sync is. [ended] counts the runs that ended: whoever shows what sync changes looks again then. */
data class SyncNow(
    val running: Boolean = false,
    val progress: Progress? = null,
    val report: Report? = null,
    val trouble: Trouble? = null,
    val ended: Int = 0,
)

/** The one run of sync; it belongs to the process and outlives every screen. */
class SyncRuns(private val parts: Parts) {
    private val mutable = MutableStateFlow(SyncNow())
    private var handle: SyncHandle? = null
    val now: StateFlow<SyncNow> = mutable.asStateFlow()

    fun start() {
        if (mutable.value.running) return
        mutable.update { SyncNow(running = true, ended = it.ended) }
        parts.scope.launch {
            val device = parts.device
            val facts = Facts(parts.version, device.battery(), device.network(), device.storageFreeMib())
            try {
                handle = parts.book.startSync(facts, Heard())
            } catch (trouble: Trouble) {
                mutable.update { it.copy(running = false, trouble = trouble) }
            }
        }
    }

    fun cancel() {
        handle?.cancel()
    }

    private inner class Heard : SyncHeard {
        override fun progress(progress: Progress) = mutable.update { it.copy(progress = progress) }

        override fun finished(report: Report) =
            mutable.update { it.copy(running = false, progress = null, report = report, ended = it.ended + 1) }
    }
}
