package org.gridweave.app

import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isSelectable
import androidx.compose.ui.test.isSelected
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** At each screen the phone is turned and the process ends; the person finds what was there, to the letter. */
class SurvivalStoriesTest : Story() {
    private val covered = mutableSetOf<String>()

    @Test
    fun `every screen is found as it was left`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("兰竹路", Hands.jpeg())
        hands.back()
        hands.sync()
        Colleague("白").use { dispute(record, it) }
        at(Place.Today, "兰竹路")
        at(Place.New, "问题隐患")
        at(Place.Map, hands.words(R.string.map_here))
        at(Place.Sync, hands.words(R.string.sync_start))
        at(Place.Settings, hands.words(R.string.settings_sunlight))
        at(Place.Pin, hands.words(R.string.pin_current))
        at(Place.Record(record), hands.words(R.string.record_edit))
        at(Place.Record(record), hands.words(R.string.record_edit)) {
            hands.scrollTo(hasText(hands.words(R.string.record_history)))
        }
        at(Place.Conflicts(null), "兰竹路")
        at(Place.Conflicts(record), "井盖松动") { hands.press(hasText("井盖松动") and isSelectable()) }
        hands.sees(hasText("井盖松动") and isSelected())
        at(Place.Scan("query"), hands.words(R.string.scan_torch_on))
        at(Place.Photo("photos", null), hands.words(R.string.photo_shutter))
        at(Place.Find, "查找") {
            hands.type("query", "兰竹")
            hands.sees(hasText("兰竹路", substring = true) and hasClickAction() and !hasTestTag("query"))
        }
        at(Place.Form(HAZARD, null, null, 1), "问题隐患") {
            hands.choose("category", "消防隐患")
            hands.answer("place", "打字打到一半")
            hands.scrollTo(hasTestTag("description"))
            hands.answer("description", "写了一半，还没")
        }
        at(Place.Form(HAZARD, record, null, 2), "问题隐患") { hands.answer("description", "改了一半") }
        val all = Place::class.java.declaredClasses.map { it.simpleName }.toSet() - "Companion" - "DefaultImpls"
        assertEquals("each screen has its turn", all, covered)
    }

    /** Goes there, does something, turns the phone, ends the process, and looks whether it is the same. */
    private fun at(place: Place, sign: String, act: () -> Unit = {}) {
        covered += place.javaClass.simpleName
        hands.go(place)
        hands.sees(sign, substring = true)
        act()
        val before = settled()
        hands.rotate()
        same("$place turned", before)
        hands.die()
        same("$place after the process ended", before)
    }

    /** What is shown once nothing more comes: the core answers on threads that no idling waits for. */
    private fun settled(): Set<String> {
        var before = words()
        var alike = 0
        screen.waitUntil(Hands.WAIT_MS) {
            Thread.sleep(50)
            val now = words()
            alike = if (now == before) alike + 1 else 0
            before = now
            alike == 6
        }
        return before
    }

    private fun words() = hands.shown().split(" | ").filter { hands.words(R.string.form_kept) !in it }.toSet()

    private fun same(what: String, before: Set<String>) {
        try {
            screen.waitUntil(Hands.WAIT_MS) { words() == before }
        } catch (_: Throwable) {
            assertEquals(what, before.sorted(), words().sorted())
            assertTrue(what, false)
        }
    }

    private companion object {
        const val HAZARD = 8
    }
}
