package org.gridweave.app

import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isHeading
import kotlinx.coroutines.runBlocking
import org.gridweave.app.ui.cityTime
import org.gridweave.core.ChangeKind
import org.gridweave.core.RevealReason
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What a worker does with a record besides filling it in, on the real app, core and server. */
class RecordsStoriesTest : Story() {
    @Test
    fun `a masked number is shown for a reason, and the reason is written down`() {
        hands.enrol()
        val record = runBlocking { book.person("王小明", PHONE, City.grid) }
        open(record)
        hands.scrollTo(hasText(MASKED))
        assertFalse("not whole before it is asked for", PHONE in hands.shown())
        hands.scrollTo(hasTestTag("reveal 31"))
        hands.press(hands.words(R.string.reveal))
        hands.scrollTo(hasText(hands.words(R.string.reveal_contact)))
        hands.press(hands.words(R.string.reveal_contact))
        hands.scrollTo(hasText(PHONE))

        val shown = runBlocking { book.revealed(10) }.single()
        assertEquals(RevealReason.CONTACT to record, shown.reason to shown.record)
        hands.die()
        hands.scrollTo(hasText(MASKED))
        assertFalse("covered again", PHONE in hands.shown())
        hands.back()
        hands.press(hands.words(R.string.tab_settings))
        hands.scrollTo(hasText(hands.words(R.string.reveal_contact), substring = true))
    }

    @Test
    fun `an edit is no way around a mask`() {
        hands.enrol()
        val record = runBlocking { book.person("王大明", PHONE, City.grid) }
        open(record)
        hands.press(hands.words(R.string.record_edit))
        to(record, "phone")
        hands.sees(hasText(MASKED) and hasAnyAncestor(hasTestTag("phone")))
        assertFalse(PHONE in hands.shown())
        hands.press(inside("phone", hands.words(R.string.form_anew)))
        hands.answer("phone", "555 0199 4321")
        val last = runBlocking { book.startForm(PERSON, record).use { it.pages() } }.size
        for (page in generateSequence(shownPage()) { it + 1 }.takeWhile { it < last }) {
            hands.press(hands.words(R.string.form_next))
            hands.sees(hands.words(R.string.form_screen, page + 1, last), substring = true)
        }
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.record_edit))
        assertEquals("nobody saw it", 0, runBlocking { book.revealed(10) }.size)
        hands.back()
        hands.sees(hands.words(R.string.sync_start))

        open(record)
        hands.press(hands.words(R.string.record_edit))
        to(record, "phone")
        hands.press(inside("phone", hands.words(R.string.reveal)))
        hands.scrollTo(hasText(hands.words(R.string.reveal_correct)))
        hands.press(inside("phone", hands.words(R.string.reveal_correct)))
        hands.sees(hasTestTag("answer phone") and hasText("555 0199 4321"))
        assertEquals(RevealReason.CORRECT, runBlocking { book.revealed(10) }.single().reason)
    }

    @Test
    fun `an edit that was put aside goes on, and another is begun where that is wanted`() {
        hands.enrol()
        val record = runBlocking { book.person("王大明", PHONE, City.grid) }
        open(record)
        hands.press(hands.words(R.string.record_edit))
        to(record, "phone")
        hands.press(inside("phone", hands.words(R.string.form_anew)))
        hands.answer("phone", "555 0199 4321")
        hands.sees(hands.words(R.string.form_kept), substring = true)
        hands.back()
        hands.press(hands.words(R.string.record_edit))
        hands.sees(hands.words(R.string.record_edit_anew))
        hands.back()
        hands.sees(hands.words(R.string.record_visit))
        hands.press(hands.words(R.string.record_edit))
        hands.sees(hands.words(R.string.record_edit_anew))
        val draft = runBlocking { book.drafts() }.single()
        assertEquals(record to "王大明", draft.record to draft.title.zh)
        hands.press(hands.words(R.string.record_go_on, cityTime(draft.updatedMs)))
        to(record, "phone")
        hands.sees(hasTestTag("answer phone") and hasText("555 0199 4321"))
        hands.press(inside("phone", hands.words(R.string.form_as_it_was)))
        hands.sees(hasText(MASKED) and hasAnyAncestor(hasTestTag("phone")))

        hands.back()
        hands.press(hands.words(R.string.record_edit))
        hands.press(hands.words(R.string.record_edit_anew))
        to(record, "phone")
        hands.press(inside("phone", hands.words(R.string.form_anew)))
        hands.answer("phone", "555 0199 9999")
        hands.sees(hands.words(R.string.form_kept), substring = true)
        assertEquals("beside the other", 2, runBlocking { book.drafts() }.size)
    }

    @Test
    fun `what is gone is said with a reason, and taken back when it is there after all`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("锦绣西路")
        hands.scrollTo(hasText(hands.words(R.string.record_gone)))
        hands.press(hands.words(R.string.record_gone))
        hands.scrollTo(hasText("已消除"))
        hands.press("已消除")
        hands.scrollTo(hasText(hands.words(R.string.row_deleted)))
        assertEquals("not found any more", 0, runBlocking { book.find("锦绣西路") }.rows.size)
        hands.back()
        hands.sync()
        open(record)
        hands.press(hands.words(R.string.record_restore))
        hands.seesNot(hands.words(R.string.row_deleted))
        hands.scrollTo(hasText("已消除 → 在用", substring = true))
        val kinds = runBlocking { book.page(record).history.map { it.kind } }
        assertEquals(listOf(ChangeKind.RESTORE, ChangeKind.DELETE, ChangeKind.CREATE), kinds)
    }

    @Test
    fun `an edit of a record that somebody declared gone leads to where it is restored`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("被删路", Hands.jpeg())
        hands.back()
        hands.sync()
        hands.go(Place.Form(HAZARD, record, null, 5))
        hands.answer("description", "打了很久的字")
        hands.sees(hands.words(R.string.form_kept), substring = true)
        Colleague("白").use { bai ->
            runBlocking { bai.book.delete(record, bai.book.reasonsGone(HAZARD).first().code, null) }
            bai.sync()
        }
        hands.back()
        hands.sync()
        hands.press(hands.words(R.string.tab_today))
        hands.press(hands.words(R.string.draft_edit, "问题隐患"))
        for (page in 2..3) {
            hands.press(hands.words(R.string.form_next))
            hands.sees(hands.words(R.string.form_screen, page, 3), substring = true)
        }
        hands.press(hands.words(R.string.form_save))
        hands.press(hands.words(R.string.form_see_record))
        hands.scrollTo(hasText(hands.words(R.string.record_restore)))
        hands.press(hands.words(R.string.record_restore))
        hands.seesNot(hands.words(R.string.row_deleted))
        hands.back()
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.record_edit))
        hands.scrollTo(hasText("打了很久的字"))
    }

    @Test
    fun `a photo is looked at whole and the phone may be turned meanwhile`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.hazard("金碧路", Hands.jpeg())
        hands.scrollTo(hasText(hands.words(R.string.record_photo_here)))
        hands.press(hasContentDescription(hands.words(R.string.record_photo)))
        val whole = hasText(hands.words(R.string.record_photo)) and isHeading()
        hands.sees(whole)
        hands.seesNot(hands.words(R.string.record_edit))
        hands.rotate()
        hands.sees(whole)
        hands.seesNot(hands.words(R.string.record_edit))
        hands.back()
        hands.sees(hands.words(R.string.record_edit))
    }

    @Test
    fun `a refused new record is taken up again with its photo`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("比亚迪路", Hands.jpeg())
        City.revoke(hands.rid(record))
        hands.back()
        hands.sync(R.string.sync_failed)
        hands.press(hands.words(R.string.tab_today))
        hands.scrollTo(hasText(hands.words(R.string.today_take_up)))
        hands.press(hands.words(R.string.today_take_up))
        hands.scrollTo(hasTestTag("place"))
        hands.sees(hasTestTag("answer place") and hasText("比亚迪路"))
        val draft = runBlocking { book.drafts() }.single()
        val photos = runBlocking { book.resumeDraft(draft.id).use { it.look(null).questions.flatMap { q -> q.photos } } }
        assertTrue("its photo is there", photos.size == 1)
    }

    private fun shownPage() = checkNotNull(Regex("第 (\\d+) 页").find(hands.shown())).groupValues[1].toInt()

    private fun inside(item: String, text: String) =
        hasText(text) and hasClickAction() and hasAnyAncestor(hasTestTag(item))

    /** Turns the form's pages up to the one that a question stands on. */
    private fun to(record: String, item: String) {
        val pages = runBlocking { book.startForm(PERSON, record).use { it.pages() } }
        val at = pages.first { look -> look.questions.any { it.item == item } }
        for (page in 1..at.number) {
            hands.sees(hands.words(R.string.form_screen, page, at.of), substring = true)
            if (page < at.number) hands.press(hands.words(R.string.form_next))
        }
        hands.scrollTo(hasTestTag(item))
    }

    private fun open(record: String) = hands.go(Place.Record(record))

    private companion object {
        const val HAZARD = 8
        const val PHONE = "555 0100 1234"
        const val MASKED = "555******1234"
    }
}
