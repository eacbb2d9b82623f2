package org.gridweave.app

import android.os.Looper
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isNotEnabled
import androidx.compose.ui.test.isSelectable
import androidx.compose.ui.test.isSelected
import androidx.compose.ui.test.performClick
import androidx.lifecycle.ViewModelProvider
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.gridweave.app.FakeHold.Call
import org.gridweave.app.screens.form.text
import org.gridweave.core.ChangeKind
import org.gridweave.core.Value
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import java.time.Duration

/** Hands that are quicker than the core, and moments that fall badly. */
class MomentsStoriesTest : Story() {
    private val hold get() = hands.app.hold
    private val stack get() = ViewModelProvider(hands.activity)[Stack::class.java]
    private val later = Duration.ofMinutes(6)

    /** What would have happened by now. */
    private fun moment() = repeat(20) {
        Thread.sleep(10)
        shadowOf(Looper.getMainLooper()).idle()
        screen.waitForIdle()
    }

    private fun await(condition: () -> Boolean) = screen.waitUntil(Hands.WAIT_MS) {
        shadowOf(Looper.getMainLooper()).idle()
        condition()
    }

    private fun begin() {
        hands.press(hands.words(R.string.tab_new))
        hands.scrollTo(hasText("问题隐患"))
        hands.press("问题隐患")
        hands.sees(hasTestTag("category"))
    }

    private fun chosen(item: String, choice: String) =
        hasText(choice) and isSelected() and hasAnyAncestor(hasTestTag(item))

    private val kept get() = hands.words(R.string.form_kept)

    @Test
    fun `while a form is being saved nothing can be answered that would be lost`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.fillHazard("正在保存路")
        hands.sees(kept, substring = true)
        hold.hold(Call.SAVE)
        hold.refuse(Call.SAVE)
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.form_saving))
        hands.choose("settled_at_once", hands.words(R.string.form_yes))
        moment()
        hold.letGo(Call.SAVE)
        hands.scrollTo(hasText(hands.words(R.string.trouble_in_use)))
        moment()
        hands.scrollTo(hasTestTag("settled_at_once"))
        hands.sees(chosen("settled_at_once", hands.words(R.string.form_no)))
        // It goes on.
        for (answer in listOf(R.string.form_yes, R.string.form_no)) {
            hands.choose("settled_at_once", hands.words(answer))
            hands.sees(chosen("settled_at_once", hands.words(answer)))
        }
        hands.press(hands.words(R.string.form_save))
        hands.scrollTo(hasText("正在保存路"))
    }

    /** Takes a photo for the form that is shown, and comes back with it. */
    private fun bring(asker: String) {
        hands.app.fakeCamera.pointsAt(Hands.jpeg())
        hands.go(Place.Photo(asker, null))
        hands.press(hands.words(R.string.photo_shutter))
        hands.press(hands.words(R.string.photo_use))
        hands.sees(hands.words(R.string.form_saving))
        await { stack.answers.value.isEmpty() }
    }

    private fun photosOf(place: String) = runBlocking { book.page(book.find(place).rows.single().record) }.photos.size

    @Test
    fun `what comes before a form is written is in its record, and what comes too late is told`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val photos = runBlocking { book.startForm(HAZARD, null).use { it.field("photos") } }.text()
        hands.fillHazard("等照片路")
        hands.scrollTo(hasTestTag("department"))
        hold.hold(Call.LOOK)
        hands.answer("department", "城管")
        hands.press(hands.words(R.string.form_save))
        bring(photos)
        hold.letGo(Call.LOOK)
        hands.scrollTo(hasText("等照片路"))
        assertEquals(1, photosOf("等照片路"))

        hands.back()
        hands.fillHazard("来晚路")
        hands.sees(kept, substring = true)
        hold.hold(Call.SAVE)
        hands.press(hands.words(R.string.form_save))
        bring(photos)
        hold.letGo(Call.SAVE)
        hands.scrollTo(hasText(hands.words(R.string.trouble_too_late)))
        hands.press(hands.words(R.string.form_see_saved))
        hands.scrollTo(hasText("来晚路"))
        assertEquals(0, photosOf("来晚路"))
    }

    @Test
    fun `an edit that nobody waited for does not come later`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("转身路")
        hands.press(hands.words(R.string.record_edit))
        hands.scrollTo(hasTestTag("place"))
        hold.hold(Call.KEEP)
        hands.answer("place", "转身东路")
        hands.back()
        hands.press(hands.words(R.string.record_edit))
        hands.go(Place.Conflicts(record))
        hold.letGo(Call.KEEP)
        hands.sees(hands.words(R.string.conflicts_none))
        moment()
        assertEquals(Place.Conflicts(record).text(), stack.places.value.last())
        hands.back()
        hands.sees(hands.words(R.string.record_visit))
        moment()
        assertEquals(Place.Record(record).text(), stack.places.value.last())
        hands.sees(hands.words(R.string.record_visit))
    }

    @Test
    fun `a form that is left while it is being saved is saved`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.fillHazard("存了就走路")
        hold.hold(Call.KEEP)
        hands.press(hands.words(R.string.form_save))
        hands.back()
        hold.letGo(Call.KEEP)
        await { runBlocking { book.find("存了就走路") }.rows.size == 1 }
        assertTrue(runBlocking { book.drafts() }.isEmpty())
    }

    @Test
    fun `a form over which the screens were shut while it was being saved leads to its record`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.fillHazard("锁屏时存的路")
        hold.hold(Call.SAVE)
        hands.press(hands.words(R.string.form_save))
        hands.leaveFor(later)
        hands.typePin()
        moment()
        hold.letGo(Call.SAVE)
        hands.sees(hands.words(R.string.record_edit))
        hands.scrollTo(hasText("锁屏时存的路"))
        assertTrue(runBlocking { book.drafts() }.isEmpty())
    }

    @Test
    fun `sync has ended before the field book is let go of`() {
        hands.enrol()
        val parts = checkNotNull(runBlocking { hands.app.openForSync() })
        hold.hold(Call.SYNC)
        hands.activity.runOnUiThread { parts.sync.start() }
        val closing = CoroutineScope(Dispatchers.IO).async { hands.app.close() }
        moment()
        assertTrue(!closing.isCompleted && parts.sync.now.value.running)
        // Nobody waits for it any more: it goes on all the same.
        closing.cancel()
        hold.letGo(Call.SYNC)
        await { closing.isCompleted }
        assertTrue(runBlocking { hands.app.openForSync() } !== parts)
        assertFalse(parts.sync.now.value.running)
        hands.activity.runOnUiThread { parts.sync.start() }
        assertFalse("none begins any more", parts.sync.now.value.running)
    }

    @Test
    fun `a PIN that was looked at before the screens were shut again opens nothing`() {
        hands.enrol()
        hands.leaveFor(later)
        hold.hold(Call.PIN)
        hands.typePin()
        hands.leaveFor(later)
        hold.letGo(Call.PIN)
        moment()
        hands.sees(hasTestTag("typed") and hasText("—"))
        assertTrue(hands.app.lock.locked.value)
        hands.typePin()
        hands.sees(hands.words(R.string.sync_start))
    }

    @Test
    fun `a draft that was saved before the process ended is told so`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("早存下的路")
        hands.go(Place.Form(HAZARD, null, 999, 3))
        hands.sees(hands.words(R.string.trouble_no_draft))
        hands.seesNot(hands.words(R.string.form_save))
        hands.press(hands.words(R.string.tab_find))
        hands.sees(hasTestTag("query"))
        hands.go(Place.Form(HAZARD, record, 999, 4))
        hands.sees(hands.words(R.string.record_edit))
        assertEquals(listOf(Place.Find.text(), Place.Record(record).text()), stack.places.value)
    }

    @Test
    fun `a code that was read right before the form was left is in its draft`() {
        hands.enrol()
        begin()
        hands.choose("category", "消防隐患")
        hands.press(hands.words(R.string.form_next))
        hands.sees(hasTestTag("organisation_code"))
        hands.sees(kept, substring = true)
        hands.choose("organisation_code", hands.words(R.string.scan_title))
        hands.sees(hands.words(R.string.scan_torch_on))
        hold.hold(Call.LOOK)
        hands.app.fakeCamera.shows(CODE)
        await { stack.places.value.last().startsWith("form/") && stack.answers.value.isEmpty() }
        hands.back()
        hold.letGo(Call.LOOK)
        await {
            val draft = runBlocking { book.drafts().single() }
            val pages = runBlocking { book.resumeDraft(draft.id).use { it.pages() } }
            pages.flatMap { it.questions }.any { it.item == "organisation_code" && it.value == Value.Text(CODE) }
        }
    }

    @Test
    fun `a form over which the screens were shut at once is found as it was left`() {
        hands.enrol()
        begin()
        hold.hold(Call.KEEP)
        hands.choose("category", "消防隐患")
        hands.sees(chosen("category", "消防隐患"))
        hands.leaveFor(later)
        hands.typePin()
        moment()
        hold.letGo(Call.KEEP)
        hands.sees(chosen("category", "消防隐患"))
        assertEquals(1, runBlocking { book.drafts() }.size)
    }

    @Test
    fun `what came meanwhile is shown before a conflict is settled`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("变动路", Hands.jpeg())
        hands.back()
        hands.sync()
        Colleague("白").use { dispute(record, it) }
        hands.go(Place.Conflicts(record))
        hands.press(hasText("井盖松动") and isSelectable())
        hands.edit(record, "description", "第三种说法")
        hands.press(hands.words(R.string.conflicts_take))
        hands.sees(hands.words(R.string.trouble_outdated))
        hands.sees(hands.words(R.string.conflicts_none))
    }

    @Test
    fun `a change of the PIN that was broken off begins anew, and none is left before its answer`() {
        hands.enrol()
        hands.press(hands.words(R.string.tab_settings))
        hands.go(Place.Pin)
        for (pin in listOf(Hands.PIN, "314159")) hands.typePin(pin)
        hands.back()
        hands.sees(hands.words(R.string.settings_title))
        hands.go(Place.Pin)
        hands.sees(hands.words(R.string.pin_current))
        hold.hold(Call.PIN)
        for (pin in listOf(Hands.PIN, "314159", "314159")) hands.typePin(pin)
        hands.back()
        hands.sees(hands.words(R.string.pin_busy))
        assertEquals(Place.Pin.text(), stack.places.value.last())
        hold.letGo(Call.PIN)
        hands.sees(hands.words(R.string.settings_title))
        hands.die(unlock = false)
        hands.typePin("314159")
        hands.sees(hands.words(R.string.settings_title))
    }

    @Test
    fun `a visit that is touched twice is one`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("去过一次路")
        val visit = screen.onNode(hasText(hands.words(R.string.record_visit)) and hasClickAction())
        repeat(2) { visit.performClick() }
        hands.sees(hasText(hands.words(R.string.record_visit)) and isNotEnabled())
        val kinds = runBlocking { book.page(record) }.history.map { it.kind }
        assertEquals(listOf(ChangeKind.VISIT, ChangeKind.CREATE), kinds)
    }

    @Test
    fun `a form that did not open at first keeps what is brought to it then`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val key = runBlocking { book.startForm(HAZARD, null).use { it.field("photos") } }
        hold.refuse(Call.BEGIN)
        hands.press(hands.words(R.string.tab_new))
        hands.scrollTo(hasText("问题隐患"))
        hands.press("问题隐患")
        hands.sees(hands.words(R.string.trouble_in_use))
        hands.app.fakeCamera.pointsAt(Hands.jpeg())
        hands.go(Place.Photo(key.text(), null))
        hands.press(hands.words(R.string.photo_shutter))
        hands.press(hands.words(R.string.photo_use))
        hands.scrollTo(hasText(hands.words(R.string.form_photo_remove)) and hasClickAction())
        hands.sees(kept, substring = true)
        assertEquals(1, runBlocking { book.drafts() }.size)
    }

    @Test
    fun `what another screen brought is for who asked, and for nobody else`() {
        hands.enrol()
        hands.press(hands.words(R.string.tab_today))
        hands.go(Place.Scan("7"))
        hands.sees(hands.words(R.string.scan_torch_on))
        hands.app.fakeCamera.shows(CODE)
        await { stack.places.value == listOf(Place.Today.text()) }
        hands.press(hands.words(R.string.tab_find))
        hands.sees(hasTestTag("query"))
        moment()
        assertFalse(CODE in hands.shown())
    }

    @Test
    fun `a clock that is off beyond all measure stops nothing`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.app.clockOffsetMs = Long.MIN_VALUE
        hands.app.services.choose(hands.app.services.chosen.copy(watermark = true))
        val record = hands.hazard("钟不准路", Hands.jpeg())
        assertEquals(1, runBlocking { book.page(record) }.photos.size)
        hands.back()
        hands.press(hands.words(R.string.tab_today))
        hands.scrollTo(hasText(hands.words(R.string.clock_wrong, "|").substringBefore("|"), substring = true))
    }

    private companion object {
        const val HAZARD = 8
        const val CODE = "91440300MA5EXAMPL0"
    }
}
