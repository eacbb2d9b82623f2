package org.gridweave.app

import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.test.click
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.swipe
import kotlinx.coroutines.runBlocking
import org.gridweave.core.MapStanding
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** The map of the grid, by the worker's fingers. */
class MapStoriesTest : Story() {
    private val map get() = screen.onNode(hasTestTag("map"))

    private fun openMap() {
        hands.press(hands.words(R.string.tab_find))
        hands.press(hands.words(R.string.map_title))
    }

    private fun sees(count: Int) = hands.sees(hasContentDescription(hands.words(R.string.map_said, count)))

    @Test
    fun `a record is found on the map where it was captured and opened by a touch`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("龙田路口")
        hands.back()
        openMap()
        sees(1)
        hands.press(hands.words(R.string.map_here))
        val list = runBlocking { book.run { drawMap(mapOfGrids(480, 800)!!) } }
        assertEquals(MapStanding.WAITING, list.standing(0))
        assertEquals(record, list.record(0))
        assertTrue(list.outlines.any { it.grid == City.grid && it.corners.size >= 6 })
        // It was captured where the worker stands: in the middle now.
        map.performTouchInput { click(center) }
        hands.scrollTo(hasText("龙田路口"))
        hands.back()
        map.performTouchInput { swipe(center, center + Offset(200f, 0f)) }
        map.performTouchInput { click(center) }
        screen.waitForIdle()
        hands.sees(hands.words(R.string.map_here))
        map.performTouchInput { click(center + Offset(200f, 0f)) }
        hands.scrollTo(hasText("龙田路口"))
    }

    @Test
    fun `a draft lies on the map where its point was taken, is opened by a touch, and hidden by its sign`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.press(hands.words(R.string.tab_new))
        hands.scrollTo(hasText("问题隐患"))
        hands.press("问题隐患")
        hands.answer("place", "写了一半")
        hands.choose("location", hands.words(R.string.form_point_take))
        hands.scrollTo(hasText(hands.words(R.string.form_point_taken, "").trim(), substring = true))
        hands.back()
        openMap()
        hands.sees(hasText(hands.words(R.string.map_draft), substring = true))
        hands.press(hands.words(R.string.map_here))
        sign(R.string.map_draft)
        map.performTouchInput { click(center) }
        screen.waitForIdle()
        hands.sees(hands.words(R.string.map_here))
        sign(R.string.map_draft)
        map.performTouchInput { click(center) }
        hands.scrollTo(hasText("写了一半"))
    }

    @Test
    fun `the scale bar tells a round length, a longer one from farther away`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.hazard("龙田路口")
        hands.back()
        openMap()
        sees(1)
        val length = { Regex("(\\d+) 米").find(hands.shown())?.groupValues?.get(1)?.toInt() }
        val near = checkNotNull(length()) { hands.shown() }
        assertTrue("$near", "$near".trimEnd('0') in setOf("1", "2", "5"))
        repeat(2) { hands.press("−") }
        screen.waitUntil(Hands.WAIT_MS) { (length() ?: Int.MAX_VALUE) > near }
        repeat(8) { hands.press("+") }
        screen.waitUntil(Hands.WAIT_MS) { (length() ?: Int.MAX_VALUE) < near }
    }

    @Test
    fun `several records at one place are told apart, and what is hidden is not touched`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        for (place in listOf("一号井", "二号井")) {
            hands.hazard(place)
            hands.back()
        }
        openMap()
        sees(2)
        hands.press(hands.words(R.string.map_here))
        map.performTouchInput { click(center) }
        hands.sees("一号井", substring = true)
        hands.sees("二号井", substring = true)
        hands.back()
        sign(R.string.map_waiting)
        map.performTouchInput { click(center) }
        screen.waitForIdle()
        assertTrue("hidden", "一号井" !in hands.shown())
        hands.back()
        hands.sync()
        openMap()
        sees(2)
        hands.press(hands.words(R.string.map_here))
        map.performTouchInput { click(center) }
        hands.sees("一号井", substring = true)
    }

    /** Touches a sign of the legend, pushing its row to the side where the sign is beyond the edge. */
    private fun sign(words: Int) {
        val sign = hasText(hands.words(words), substring = true) and hasClickAction()
        hands.sees(sign)
        screen.onNode(sign).performScrollTo().performClick()
        screen.waitForIdle()
    }
}
