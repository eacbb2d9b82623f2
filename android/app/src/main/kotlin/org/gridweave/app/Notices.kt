package org.gridweave.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import org.gridweave.core.Next
import org.gridweave.core.Progress
import org.gridweave.core.Report
import org.gridweave.core.Unfinished
import org.gridweave.platform.Chosen

/**
 * What is told outside the screens: how far a run is that the person started, and what nobody but the person can mend.
 * Numbers only, never what was recorded: it stands on the locked screen.
 */
class Notices(private val context: Context, private val chosen: () -> Chosen) {
    private val manager = context.getSystemService(NotificationManager::class.java)

    /** The person has not forbidden them. */
    val allowed: Boolean get() = manager.areNotificationsEnabled()

    /** A run that the person started got this far. */
    fun progress(progress: Progress) {
        val total = progress.total ?: 0
        val notice = notice(PROGRESS, spoken().getString(R.string.notice_syncing))
            .setProgress(total.toInt(), progress.done.toInt(), total == 0L)
            .setOngoing(true)
            // A process that the system ends takes nothing back.
            .setTimeoutAfter(STALE_MS)
            .setOnlyAlertOnce(true)
        manager.notify(SYNCING, notice.build())
    }

    fun progressEnded() = manager.cancel(SYNCING)

    /** Sync cannot open the field book without a person. */
    fun waits() = manager.notify(WAITING, notice(NEEDED, spoken().getString(R.string.notice_waits)).build())

    fun waitsNoMore() = manager.cancel(WAITING)

    /** Tells what of a run needs the person; nothing when nothing does. */
    fun needed(report: Report, conflicts: Int) {
        val words = spoken()
        val failed = (report.unfinished as? Unfinished.Failed)?.trouble
        val lines = listOfNotNull(
            words.getString(R.string.notice_refused, report.refused.toInt()).takeIf { report.refused > 0 },
            words.getString(R.string.notice_conflicts, conflicts).takeIf { conflicts > 0 },
            words.getString(R.string.notice_held).takeIf { report.unfinished == Unfinished.Held },
            words.getString(R.string.notice_update).takeIf { failed?.next == Next.UPDATE },
            words.getString(R.string.notice_enrol).takeIf { failed?.next == Next.ENROL },
        )
        if (lines.isEmpty()) return manager.cancel(NEEDS)
        val notice = notice(NEEDED, lines.first())
            .setContentText(lines.drop(1).joinToString(" · ").ifEmpty { words.getString(R.string.notice_open) })
            .setOnlyAlertOnce(true)
        manager.notify(NEEDS, notice.build())
    }

    private fun notice(channel: String, title: String): Notification.Builder {
        val words = spoken()
        manager.createNotificationChannels(
            listOf(
                NotificationChannel(
                    PROGRESS,
                    words.getString(R.string.notice_channel_progress),
                    NotificationManager.IMPORTANCE_LOW,
                ),
                NotificationChannel(
                    NEEDED,
                    words.getString(R.string.notice_channel_needed),
                    NotificationManager.IMPORTANCE_DEFAULT,
                ),
            ),
        )
        val open = PendingIntent.getActivity(
            context,
            0,
            Intent(context, MainActivity::class.java),
            PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT,
        )
        return Notification.Builder(context, channel)
            .setSmallIcon(R.drawable.notice)
            .setContentTitle(title)
            .setContentIntent(open)
            .setAutoCancel(true)
    }

    private fun spoken() = context.speaking(chosen().language)

    companion object {
        const val PROGRESS = "progress"
        const val NEEDED = "needed"
        const val STALE_MS = 2 * 60_000L
        const val SYNCING = 1
        const val WAITING = 2
        const val NEEDS = 3
    }
}
