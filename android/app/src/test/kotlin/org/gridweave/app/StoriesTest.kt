package org.gridweave.app

import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isSelectable
import androidx.compose.ui.test.isSelected
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Custody
import org.gridweave.core.Enrolment
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertTrue
import org.junit.Test

/** The real app on Android 8.0 and 14, its real core, and a real city's server. */
class StoriesTest : Story() {
    @Test
    fun `a device is enrolled by a typed code after a supervisor compared its fingerprint`() {
        hands.type("code", "not a code")
        hands.press(hands.words(R.string.enrol_send))
        hands.sees(hands.words(R.string.trouble_not_a_code))
        hands.type("code", City.worker("安", confirm = false))
        hands.press(hands.words(R.string.enrol_send))
        hands.sees("坪山区（测试）")
        val pending = runBlocking { book.pollEnrolment() } as Enrolment.Pending
        hands.sees(pending.fingerprint)

        hands.die()
        hands.sees(pending.fingerprint)
        City.confirm(pending.fingerprint)
        hands.press(hands.words(R.string.enrol_ask))
        hands.choosePin()
        hands.sees(hands.words(R.string.safe_never_pulled))
        hands.sees("坪山区（测试）", substring = true)
    }

    @Test
    fun `a hazard captured offline outlives the process and arrives with its photo`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val jpeg = Hands.jpeg()
        hands.fillHazard("龙田路口", jpeg)
        hands.sees(hands.words(R.string.form_kept), substring = true)

        hands.die()
        hands.app.fakeLocation.found()
        hands.scrollTo(hasTestTag("settled_at_once"))
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("organisation_code"))
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("place"))
        hands.sees(hasTestTag("answer place") and hasText("龙田路口"))
        hands.scrollTo(hasText(hands.words(R.string.form_photo_remove)))
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasTestTag("organisation_code"))
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasTestTag("settled_at_once"))
        hands.sees(isSelected() and hasText(hands.words(R.string.form_no)))
        hands.press(hands.words(R.string.form_save))

        hands.sees(hands.words(R.string.record_edit))
        hands.scrollTo(hasText(hands.words(R.string.custody_here)))
        val record = runBlocking { book.find("龙田路口").rows.single().record }
        val page = runBlocking { book.page(record) }
        assertEquals("the fix lies in it", City.grid, page.row.grid)
        assertEquals(45, page.fields.first().values.first().accuracyDm)
        assertArrayEquals("byte for byte", jpeg, runBlocking { book.photo(page.photos.single().hash) })
        assertEquals("saved and forgotten in one step", 0, runBlocking { book.drafts() }.size)

        hands.back()
        hands.press(hands.words(R.string.tab_today))
        hands.sees(hands.words(R.string.safe_open, 1, 1))
        hands.sync()
        hands.scrollTo(hasText(hands.words(R.string.sync_pushed, 1)))
        hands.sees(hands.words(R.string.sync_photos_done, 1))
        hands.press(hands.words(R.string.tab_today))
        hands.sees(hands.words(R.string.safe_sealed, 1))
        hands.sees(hasTestTag("seal"))
        val received = runBlocking { book.page(record) }
        assertEquals(Custody.RECEIVED, received.custody)
        assertEquals(listOf(true), received.photos.map { it.received })

        hands.press(hands.words(R.string.tab_find))
        hands.type("query", "龙田")
        hands.press(hasText("龙田路口", substring = true) and hasClickAction() and !hasTestTag("query"))
        hands.scrollTo(hasText(hands.words(R.string.custody_received)))
    }

    @Test
    fun `what is missing is said in its place and the form waits`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.press(hands.words(R.string.tab_new))
        hands.scrollTo(hasText("问题隐患"))
        hands.press("问题隐患")
        hands.choose("category", "其他")
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasTestTag("organisation_code"))
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasTestTag("settled_at_once"))
        hands.press(hands.words(R.string.form_save))

        hands.scrollTo(hasTestTag("level"))
        val problems = runBlocking { book.resumeDraft(book.drafts().single().id).use { it.look(null).problems } }
        val problem = problems.first { it.item == "level" }
        hands.scrollTo(hasText(hands.words(R.string.form_problems, problems.count { it.error })))
        hands.scrollTo(hasText(problem.message.zh) and hasAnyAncestor(hasTestTag("level")))
        assertEquals(1, runBlocking { book.drafts() }.size)
    }

    @Test
    fun `a conflict made by a second device is shown and settled`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("金田路", Hands.jpeg())
        hands.back()
        hands.sync()
        Colleague("白").use { bai ->
            dispute(record, bai)

            hands.press(hands.words(R.string.tab_today))
            hands.sees(hands.words(R.string.today_conflicts, 1))
            hands.press(hasText(hands.words(R.string.row_conflict, 1)) and hasClickAction())
            hands.sees("井盖缺失")
            hands.press(hasText("井盖松动") and isSelectable())
            hands.press(hands.words(R.string.conflicts_take))
            hands.sees(hands.words(R.string.conflicts_none))
            hands.back()
            hands.sees(hands.words(R.string.today_all_clear))

            hands.sync()
            bai.sync()
            assertEquals(listOf("井盖松动"), bai.texts(record, "description"))
            assertTrue(runBlocking { bai.book.conflicts() }.isEmpty() && runBlocking { book.conflicts() }.isEmpty())
        }
    }

    @Test
    fun `a refused change is shown, kept and named`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("比亚迪路", Hands.jpeg())
        City.revoke(hands.rid(record))
        hands.back()
        hands.sync(R.string.sync_failed)
        hands.scrollTo(hasText(hands.words(R.string.trouble_revoked)))
        hands.press(hands.words(R.string.tab_today))
        hands.sees(hands.words(R.string.today_refused, 1))
        hands.sees(hands.words(R.string.refused_revoked))
        hands.scrollTo(hasText("比亚迪路", substring = true))
        val safe = runBlocking { book.safe() }
        assertEquals("received is received", 0L, safe.pending)
        hands.scrollTo(hasText(hands.words(R.string.safe_photos_unreleased, 1)))
        City.release(safe.refused.single().dot)
        hands.sync(R.string.sync_failed)
        assertTrue("the photo of what was released", runBlocking { book.safe() }.isSealed)
    }

    @Test
    fun `a rotation keeps the form, its screen and what was typed`() {
        hands.enrol()
        hands.fillHazard("坪山大道")
        val before = hands.activity
        hands.rotate()
        assertNotSame(before, hands.activity)
        hands.scrollTo(hasTestTag("settled_at_once"))
        hands.sees(isSelected() and hasText(hands.words(R.string.form_no)))
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("organisation_code"))
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("place"))
        hands.sees(hasTestTag("answer place") and hasText("坪山大道"))
    }

    @Test
    fun `a draft is found on the first screen, taken up again and thrown away`() {
        hands.enrol()
        hands.fillHazard("深汕路")
        hands.back()
        hands.press(hands.words(R.string.tab_today))
        hands.sees("消防隐患 · 深汕路")
        hands.press(hands.words(R.string.draft_new, "问题隐患"))
        hands.scrollTo(hasTestTag("answer place") and hasText("深汕路"))
        hands.back()
        hands.press(hands.words(R.string.today_discard))
        hands.sees(hands.words(R.string.today_discard_really))
        hands.press(hands.words(R.string.today_discard))
        hands.sees(hands.words(R.string.today_all_clear))
        assertEquals(0, runBlocking { book.drafts() }.size)
    }

    @Test
    fun `outside every grid the worker chooses one`() {
        hands.enrol()
        hands.app.fakeLocation.found(latitude = 22.5)
        hands.fillHazard("界外路", Hands.jpeg())
        hands.press(hands.words(R.string.form_save))
        hands.scrollTo(hasText(hands.words(R.string.form_grid)))
        hands.press("六联一网格")
        hands.sees(hands.words(R.string.record_edit))
        val row = runBlocking { book.find("界外路").rows.single() }
        assertEquals(City.grid, row.grid)
    }

    @Test
    fun `the language is chosen in the settings and stays chosen`() {
        hands.enrol()
        hands.press(hands.words(R.string.tab_settings))
        hands.scrollTo(hasText("English"))
        hands.press("English")
        hands.sees("Settings")
        hands.press("Today")
        hands.sees("Nothing to do.")
        hands.die()
        hands.sees("Nothing to do.")
        assertFalse(hands.shown().contains("今日"))
    }
}
