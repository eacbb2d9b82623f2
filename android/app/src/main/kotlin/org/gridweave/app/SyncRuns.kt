package org.gridweave.app

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
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
    @Volatile
    private var handle: SyncHandle? = null

    /** Wanted ended, maybe before there was a handle to end it by. */
    @Volatile
    private var cancelled = false
    @Volatile
    private var stopped = false

    /** The last words of the run that ended: they are read from the field book. */
    @Volatile
    private var telling: Job? = null
    val now: StateFlow<SyncNow> = mutable.asStateFlow()

    /** Starts a run that the person asked for; its progress is told above the screens, too. */
    fun start() = begin(byHand = true)

    /** Runs to the end, or waits for the run that is going on. A caller that is cancelled ends the run. */
    suspend fun run(): SyncNow {
        begin(byHand = false)
        return try {
            now.first { !it.running }
        } catch (cancelled: CancellationException) {
            cancel()
            throw cancelled
        }
    }

    fun cancel() {
        cancelled = true
        handle?.cancel()
    }

    /** Ends the run that goes on, once and for all: none holds the field book then. */
    suspend fun stop() {
        stopped = true
        cancel()
        now.first { !it.running }
        telling?.join()
    }

    private fun begin(byHand: Boolean) {
        if (mutable.value.running || stopped) return
        cancelled = false
        mutable.update { SyncNow(running = true, ended = it.ended) }
        parts.scope.launch {
            val device = parts.device
            val photos = parts.services.photosNow()
            val facts = Facts(parts.version, device.battery(), device.network(), device.storageFreeMib())
            try {
                val begun = parts.book.startSync(facts, Heard(byHand, photos), photos)
                handle = begun
                if (cancelled) begun.cancel()
            } catch (trouble: Trouble) {
                mutable.update { it.copy(running = false, trouble = trouble) }
            } catch (closed: CancellationException) {
                mutable.update { it.copy(running = false) }
                throw closed
            }
        }
    }

    private inner class Heard(private val byHand: Boolean, private val photos: Boolean) : SyncHeard {
        override fun progress(progress: Progress) {
            mutable.update { it.copy(progress = progress) }
            if (byHand) parts.services.notices.progress(progress)
        }

        override fun finished(report: Report) {
            parts.services.notices.progressEnded()
            // Known before the run is said to have ended: who waits for that waits for these words, too.
            val words = parts.scope.launch(start = CoroutineStart.LAZY) { after(report, photos) }
            telling = words
            mutable.update { it.copy(running = false, progress = null, report = report, ended = it.ended + 1) }
            words.start()
        }
    }

    /** Tells what needs the person, and sees to photos that wait for another network. */
    private suspend fun after(report: Report, photos: Boolean) {
        val services = parts.services
        try {
            val safe = parts.book.safe()
            services.notices.needed(report, parts.book.conflicts().size)
            // Only where they were left out: a photo that failed over Wi-Fi waits for the next ordinary run.
            if (!photos && safe.photosPending > 0) services.jobs.photosOnWifi(services.chosen)
        } catch (_: Trouble) {
            return // the screens say so when they look
        }
    }
}
