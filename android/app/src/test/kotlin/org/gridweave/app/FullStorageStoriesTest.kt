package org.gridweave.app

import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isSelected
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Custody
import org.gridweave.core.Trouble
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Rule
import org.junit.Test

/** The storage has no byte left while a form is filled in: the person reads what to do, and nothing typed is gone. */
class FullStorageStoriesTest : Story() {
    @get:Rule
    val storage = FullStorage()

    private fun fillUp(record: String) {
        storage.fill()
        // The journal has room of its own for a few more.
        for (n in 1..500) {
            try {
                hands.edit(record, "description", "$n" + "很长".repeat(90))
            } catch (full: Trouble) {
                assertEquals("storage_full", full.code)
                return storage.fill()
            }
        }
        throw AssertionError("the storage is never full")
    }

    private fun onFirstScreen() {
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("organisation_code"))
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("place"))
    }

    private fun onLastScreen() {
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasTestTag("organisation_code"))
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasTestTag("settled_at_once"))
    }

    @Test
    fun `what is typed stays, what to do is said, and it is saved once there is room`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val first = hands.hazard("先存下的路", Hands.jpeg())
        hands.back()
        hands.fillHazard("打字打到一半")
        hands.sees(hands.words(R.string.form_kept), substring = true)
        fillUp(first)

        hands.press(hands.words(R.string.form_save))
        hands.scrollTo(hasText(hands.words(R.string.trouble_storage_full)))
        hands.scrollTo(hasTestTag("settled_at_once"))
        hands.sees(isSelected() and hasText(hands.words(R.string.form_no)))
        onFirstScreen()
        hands.sees(hasTestTag("answer place") and hasText("打字打到一半"))
        hands.answer("place", "打字打到一半，还在打")
        val unkept = hands.words(R.string.form_unkept, hands.words(R.string.trouble_storage_full))
        hands.sees(unkept)
        assertFalse("nothing is called kept that is not", hands.shown().contains(hands.words(R.string.form_kept)))
        hands.sees(hasTestTag("answer place") and hasText("打字打到一半，还在打"))

        // The process ends. A PIN's try that cannot be counted is not made.
        hands.die(unlock = false)
        hands.typePin()
        hands.sees(hands.words(R.string.trouble_storage_full))
        storage.makeRoom()
        hands.typePin()
        hands.app.fakeLocation.found()
        hands.scrollTo(hasTestTag("place"))
        hands.sees(hasTestTag("answer place") and hasText("打字打到一半"))
        hands.answer("place", "打完了的路")
        hands.sees(hands.words(R.string.form_kept), substring = true)
        hands.seesNot(unkept)
        onLastScreen()
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.record_edit))
        assertEquals(1, runBlocking { book.find("打完了的路").rows }.size)
        assertEquals(0, runBlocking { book.drafts() }.size)
        hands.back()
        hands.syncUntilSealed()
        val page = runBlocking { book.page(first) }
        assertEquals(Custody.RECEIVED to listOf(true), page.custody to page.photos.map { it.received })
    }
}
