package org.gridweave.app

import android.app.job.JobParameters
import android.app.job.JobService
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import org.gridweave.core.Next
import org.gridweave.core.Trouble
import org.gridweave.core.Unfinished

/** A run of sync that the system starts. Where it ends the run, what was done is kept, and it is started again. */
class SyncJob : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    private val runs = mutableMapOf<JobParameters?, Job>()

    override fun onStartJob(params: JobParameters?): Boolean {
        runs[params] = scope.launch {
            val again = run()
            runs.remove(params)
            jobFinished(params, again)
        }
        return true
    }

    override fun onStopJob(params: JobParameters?): Boolean {
        runs.remove(params)?.cancel()
        return true
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    /** Whether it is to be tried again soon. */
    private suspend fun run(): Boolean {
        val app = application as GridweaveApp
        val services = app.services
        if (!services.chosen.backgroundSync) return false
        val parts = app.openForSync()
        if (parts == null) {
            services.notices.waits()
            return false
        }
        val enrolled = try {
            parts.book.me() != null
        } catch (_: Trouble) {
            false
        }
        if (!enrolled) return false
        services.notices.waitsNoMore()
        val ended = parts.sync.run()
        return ended.trouble?.next == Next.RETRY ||
            (ended.report?.unfinished as? Unfinished.Failed)?.trouble?.next == Next.RETRY
    }
}
