package org.gridweave.app

import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.ComponentName
import android.content.Context
import android.os.Build
import org.gridweave.platform.Chosen
import java.util.concurrent.TimeUnit

/**
 * When sync runs by itself: every quarter of an hour with a network (the system allows no less), soon after a save, and
 * for photos as soon as there is a network that costs nothing. The system keeps the jobs over a restart and decides the
 * moment; what fails is tried again after ever longer waits.
 */
class SyncJobs(private val context: Context) {
    private val scheduler = context.getSystemService(JobScheduler::class.java)

    /** Sets the standing job as [chosen] has it. Called when the app starts and when the choice changes. */
    fun arm(chosen: Chosen) {
        if (!chosen.backgroundSync) return scheduler.cancelAll()
        if (scheduler.getPendingJob(STANDING) != null) return
        schedule(job(STANDING).setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY).setPeriodic(EVERY_MS))
    }

    /** Something was saved: hand it in as soon as the system allows. */
    fun soon(chosen: Chosen) {
        if (!chosen.backgroundSync) return
        val job = job(SOON).setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
        // One that may be put off costs the person nothing to wait for; this one is their work.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) job.setExpedited(true)
        if (!schedule(job) && Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) schedule(job.setExpedited(false))
    }

    /** Photos wait for a network that costs nothing. */
    fun photosOnWifi(chosen: Chosen) {
        if (chosen.backgroundSync) schedule(job(PHOTOS).setRequiredNetworkType(JobInfo.NETWORK_TYPE_UNMETERED))
    }

    private fun job(id: Int) = JobInfo.Builder(id, ComponentName(context, SyncJob::class.java))
        .setPersisted(true)
        .setBackoffCriteria(BACKOFF_MS, JobInfo.BACKOFF_POLICY_EXPONENTIAL)

    private fun schedule(job: JobInfo.Builder) = scheduler.schedule(job.build()) == JobScheduler.RESULT_SUCCESS

    companion object {
        const val STANDING = 1
        const val SOON = 2
        const val PHOTOS = 3
        val EVERY_MS: Long = TimeUnit.MINUTES.toMillis(15)
        const val BACKOFF_MS = 30_000L
    }
}
