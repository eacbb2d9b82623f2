package org.gridweave.app

import android.app.Application
import android.app.Notification
import android.app.NotificationManager
import android.content.Context
import org.gridweave.core.Next
import org.gridweave.core.Progress
import org.gridweave.core.Report
import org.gridweave.core.Stage
import org.gridweave.core.Trouble
import org.gridweave.core.Unfinished
import org.gridweave.platform.Chosen
import org.gridweave.platform.Language
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** What is told outside the screens, and in which words. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class, sdk = [26, 34], qualifiers = "zh-rCN")
class NoticesTest {
    private val app: Application = RuntimeEnvironment.getApplication()
    private val shown = shadowOf(app.getSystemService(Context.NOTIFICATION_SERVICE) as NotificationManager)
    private var chosen = Chosen()
    private val notices = Notices(app) { chosen }
    private val report = Report(0, 0, 0, 0, 0, 0, null)

    private fun title(id: Int) = shadowOf(shown.getNotification(id)).contentTitle.toString()

    @Test
    fun `a run by hand shows how far it is, and nothing once it ended`() {
        notices.progress(Progress(Stage.PHOTOS, 2, 5))
        val notice = shown.getNotification(Notices.SYNCING)
        assertEquals(2 to 5, shadowOf(notice).progress to shadowOf(notice).max)
        assertTrue("not for ever, should the process end", notice.timeoutAfter in 1..Notices.STALE_MS)
        assertTrue(notice.flags and Notification.FLAG_ONGOING_EVENT != 0)
        assertEquals(NotificationManager.IMPORTANCE_LOW, channel(notice.channelId).importance)
        notices.progressEnded()
        assertNull(shown.getNotification(Notices.SYNCING))
    }

    private fun channel(id: String) = (app.getSystemService(Context.NOTIFICATION_SERVICE) as NotificationManager)
        .getNotificationChannel(id)

    @Test
    fun `only what needs the person is told, in the chosen language, and goes when it is done`() {
        notices.needed(report, 0)
        notices.needed(report.copy(unfinished = Unfinished.Failed(Trouble(Next.RETRY, "unreachable", ""))), 0)
        assertEquals("a lost network mends itself", 0, shown.size())
        notices.needed(report.copy(refused = 2), 1)
        assertEquals("2 项未被接受", title(Notices.NEEDS))
        assertEquals("1 条记录需要核对", shadowOf(shown.getNotification(Notices.NEEDS)).contentText.toString())
        chosen = Chosen(Language.ENGLISH)
        notices.needed(report.copy(unfinished = Unfinished.Held), 0)
        assertEquals("A supervisor has yet to confirm this device", title(Notices.NEEDS))
        for ((next, words) in mapOf(Next.UPDATE to R.string.notice_update, Next.ENROL to R.string.notice_enrol)) {
            notices.needed(report.copy(unfinished = Unfinished.Failed(Trouble(next, "x", ""))), 0)
            assertEquals(app.speaking(Language.ENGLISH).getString(words), title(Notices.NEEDS))
        }
        notices.needed(report, 0)
        assertEquals(0, shown.size())
    }
}
