package org.gridweave.app

import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import android.net.Uri
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Asks
import org.gridweave.core.ListFilter
import org.gridweave.core.Look
import org.gridweave.core.MapStanding
import org.gridweave.core.Value
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** All that the phone holds, looked through without a word typed, and the way to one of it. */
class ListStoriesTest : Story() {
    private fun chip(words: Int, vararg args: Any) = hasText(hands.words(words, *args)) and hasClickAction()

    @Test
    fun `all records are there without a word typed, with how they stand, by type`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.hazard("一号井")
        hands.back()
        hands.sync()
        hands.hazard("二号井")
        hands.back()
        capture(DISPUTE, "name" to "矛盾甲", "kind" to "邻里纠纷")
        hands.press(hands.words(R.string.tab_find))
        hands.sees(chip(R.string.list_all, 3))
        hands.sees("矛盾甲", substring = true)
        hands.press(chip(R.string.list_chip, "问题隐患", 2))
        hands.seesNot("矛盾甲")
        hands.scrollTo(hasText("二号井", substring = true))
        assertTrue("one was not sent", hands.words(R.string.custody_here) in hands.shown())
        val listed = runBlocking { book.list(ListFilter()) }.rows.map { it.row.title.zh to it.standing }
        assertEquals(listOf("矛盾甲", "二号井", "一号井"), listed.map { (title, _) -> title.substringAfterLast(" · ") })
        assertEquals(listOf(MapStanding.WAITING, MapStanding.WAITING, MapStanding.RECEIVED), listed.map { it.second })
        hands.press(chip(R.string.list_chip, "矛盾纠纷", 1))
        hands.sees("矛盾甲", substring = true)
        assertFalse("of another type", "一号井" in hands.shown())
        // What is typed is looked for among all.
        hands.type("query", "一号")
        hands.sees(hasText("一号井", substring = true) and hasClickAction() and !hasTestTag("query"))
    }

    /** A new record, past the screens: answers in words, by item. */
    private fun capture(type: Int, vararg answers: Pair<String, String>) = runBlocking {
        book.startForm(type, null).use { form ->
            val said = answers.toMap()
            var look: Look? = form.look(null)
            while (look != null) {
                for (question in look.questions) {
                    val words = said[question.item] ?: continue
                    val choice = question.choices.find { it.label.zh == words }
                    val value = if (question.choices.isEmpty()) Value.Text(words) else Value.One(checkNotNull(choice) { "$words: ${question.choices}" }.code)
                    form.answer(question.key!!, if (question.kind == Asks.YES_NO) Value.Truth(words == "是") else value)
                }
                look = look.next?.let { form.look(it) }
            }
            form.save(hands.app.fakeLocation.now.value.fix(), City.grid)
        }
    }

    private fun hazardPast(place: String) = capture(
        HAZARD,
        "category" to "消防隐患",
        "level" to "一般",
        "place" to place,
        "description" to "楼道堆放杂物",
        "settled_at_once" to "否",
    )

    @Test
    fun `the next page comes when the end of the list is seen`() {
        hands.enrol()
        hazardPast("最早的井")
        repeat(PAGE + 5) { hazardPast("井 $it") }
        assertEquals(PAGE, runBlocking { book.list(ListFilter()) }.rows.size)
        hands.press(hands.words(R.string.tab_find))
        hands.sees("井 ${PAGE + 4}", substring = true)
        hands.scrollTo(hasText("最早的井", substring = true))
    }

    @Test
    fun `map apps are given a record's place in their own datum, and none is said to be there where none is`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.hazard("龙田路口")
        hands.scrollTo(chip(R.string.way_show))
        hands.press(hands.words(R.string.way_show))
        hands.sees(hands.words(R.string.way_nobody))
        for (app in listOf("com.autonavi.minimap", "net.osmand")) {
            val map = ComponentName(app, "$app.Map")
            val packages = shadowOf(hands.app.packageManager)
            packages.addActivityIfNotPresent(map)
            packages.addIntentFilterForActivity(map, IntentFilter(Intent.ACTION_VIEW).apply { addDataScheme("geo") })
        }
        hands.press(hands.words(R.string.way_show))
        hands.seesNot(hands.words(R.string.way_nobody))
        val chooser = shadowOf(hands.activity).nextStartedActivity
        assertEquals(Intent.ACTION_CHOOSER, chooser.action)
        @Suppress("DEPRECATION")
        val offered = listOf(chooser.getParcelableExtra<Intent>(Intent.EXTRA_INTENT)) +
            chooser.getParcelableArrayExtra(Intent.EXTRA_INITIAL_INTENTS).orEmpty().map { it as Intent }
        val places = offered.filterNotNull().associate { it.`package` to it.data }
        assertEquals(setOf("com.autonavi.minimap", "net.osmand"), places.keys)
        assertEquals(Uri.parse("geo:22.691000,114.347000?q=22.691000,114.347000"), places["net.osmand"])
        // Some six hundred metres off, as maps of China are drawn.
        val (lat, lon) = "${places["com.autonavi.minimap"]}".substringAfter("q=").split(",").map { it.toDouble() }
        assertTrue("$lat $lon", lat - 22.691 in -0.004..-0.002 && lon - 114.347 in 0.004..0.006)
    }

    private companion object {
        const val PAGE = 50
        const val DISPUTE = 7
        const val HAZARD = 8
    }
}
