package org.gridweave.app

import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import kotlinx.coroutines.runBlocking
import org.gridweave.core.ChangeKind
import org.gridweave.core.Fieldbook
import org.gridweave.core.RevealReason
import org.gridweave.core.Value
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What a worker does with a record besides filling it in, on the real app, core and server. */
class RecordsStoriesTest : Story() {
    @Test
    fun `a masked number is shown for a reason, and the reason is written down`() {
        hands.enrol()
        val record = building("龙田大厦", PHONE)
        open(record)
        hands.scrollTo(hasText(MASKED))
        assertFalse("not whole before it is asked for", PHONE in hands.shown())
        hands.press(hands.words(R.string.reveal))
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
        val record = building("六联大厦", PHONE)
        open(record)
        hands.press(hands.words(R.string.record_edit))
        to("manager_phone")
        hands.sees(hasText(MASKED) and hasAnyAncestor(hasTestTag("manager_phone")))
        assertFalse(PHONE in hands.shown())
        hands.press(inside("manager_phone", hands.words(R.string.form_anew)))
        hands.answer("manager_phone", "555 0199 4321")
        while (!seen(hands.words(R.string.form_save))) hands.press(hands.words(R.string.form_next))
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.record_edit))
        assertEquals("nobody saw it", 0, runBlocking { book.revealed(10) }.size)

        hands.press(hands.words(R.string.record_edit))
        to("manager_phone")
        hands.press(inside("manager_phone", hands.words(R.string.reveal)))
        hands.press(inside("manager_phone", hands.words(R.string.reveal_correct)))
        hands.sees(hasTestTag("answer manager_phone") and hasText("555 0199 4321"))
        assertEquals(RevealReason.CORRECT, runBlocking { book.revealed(10) }.single().reason)
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
    fun `a photo is looked at whole and the phone may be turned meanwhile`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.hazard("金碧路", Hands.jpeg())
        hands.scrollTo(hasText(hands.words(R.string.record_photo_here)))
        hands.press(hasContentDescription(hands.words(R.string.record_photo)))
        hands.seesNot(hands.words(R.string.record_edit))
        hands.rotate()
        hands.seesNot(hands.words(R.string.record_edit))
        hands.back()
        hands.sees(hands.words(R.string.record_edit))
    }

    @Test
    fun `a refused new record is taken up again and saved anew`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("比亚迪路", Hands.jpeg())
        City.revoke(hands.rid(record))
        hands.back()
        hands.sync(R.string.sync_failed)
        hands.press(hands.words(R.string.tab_today))
        hands.scrollTo(hasText(hands.words(R.string.today_take_up)))
        hands.press(hands.words(R.string.today_take_up))
        hands.sees(hasTestTag("answer place") and hasText("比亚迪路"))
        val draft = runBlocking { book.drafts() }.single()
        val photos = runBlocking { book.resumeDraft(draft.id).use { it.look(null).questions.flatMap { q -> q.photos } } }
        assertTrue("its photo is there", photos.size == 1)
    }

    private fun seen(text: String) = hands.shown().split(" | ").any { text in it }

    private fun inside(item: String, text: String) =
        hasText(text) and hasClickAction() and hasAnyAncestor(hasTestTag(item))

    /** Turns the form's pages until a question is there. */
    private fun to(item: String) {
        repeat(20) {
            hands.sees(hands.words(R.string.form_previous))
            if (runCatching { hands.scrollTo(hasTestTag(item)) }.isSuccess) return
            hands.press(hands.words(R.string.form_next))
        }
    }

    private fun open(record: String) = hands.go(Place.Record(record))

    /** Saves a building past the screens, so that it is no answer of the form under test. */
    private fun building(name: String, phone: String): String = runBlocking {
        val book: Fieldbook = book
        book.startForm(BUILDING, null).use { form ->
            val screens = generateSequence(form.look(null)) { look -> look.next?.let { runBlocking { form.look(it) } } }
            val keys = screens.flatMap { it.questions }.mapNotNull { q -> q.key?.let { q.item to it } }.toMap()
            form.answer(keys.getValue("name"), Value.Text(name))
            form.answer(keys.getValue("manager_phone"), Value.Text(phone))
            form.save(null, City.grid)
        }
    }

    private companion object {
        const val BUILDING = 4
        const val PHONE = "555 0100 1234"
        const val MASKED = "555******1234"
    }
}
