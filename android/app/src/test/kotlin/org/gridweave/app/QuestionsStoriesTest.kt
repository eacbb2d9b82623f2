package org.gridweave.app

import android.Manifest
import android.content.pm.PackageManager
import android.graphics.BitmapFactory
import android.graphics.Color
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import androidx.compose.ui.test.performSemanticsAction
import androidx.compose.ui.test.performTouchInput
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Value
import org.gridweave.platform.RecorderTrouble
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.io.File

/** Every kind of question, answered by hand, saved, received and read back: on a device, at the centre, on another. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, sdk = [26, 34], qualifiers = "zh-rCN-w360dp-h640dp-xhdpi")
class QuestionsStoriesTest {
    @get:Rule
    val screen = createEmptyComposeRule()

    private val hands by lazy {
        City.teach(File(RuntimeEnvironment.getApplication().filesDir, "fieldbook"))
        Hands(screen).open()
    }
    private val book get() = runBlocking { hands.app.parts().book }

    @After
    fun close() {
        hands.close()
        City.leave()
    }

    /** Begins a record with every kind of question. */
    private fun begin() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.press(hands.words(R.string.tab_new))
        hands.scrollTo(hasText("全题型登记"))
        hands.press("全题型登记")
        hands.answer("name", "龙田路口")
    }

    private fun press(item: String, words: Int) = hands.choose(item, hands.words(words))

    private fun says(item: String, text: String) {
        hands.scrollTo(hasTestTag(item))
        hands.sees(hasTestTag("answer $item") and hasText(text))
    }

    /** Saves, hands in, and answers what the record's page on another device says of each field, in Chinese. */
    private fun savedAndReceived(): Pair<String, Map<String, String>> {
        hands.press(hands.words(R.string.form_next))
        hands.scrollTo(hasText(hands.words(R.string.form_entry_add)))
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.record_edit))
        val record = runBlocking { book.find("龙田路口").rows.single().record }
        hands.back()
        hands.sync()
        assertEquals("all is safe", true, runBlocking { book.safe() }.isSealed)
        val read = Colleague("白").use { bai ->
            val names = runBlocking { bai.book.types() }.getValue(EVERY).fields
            runBlocking { bai.book.page(record) }.fields.associate { names.getValue(it.key.no).name to it.values.single().said.text.zh }
        }
        return record to read
    }

    /** The photo that the draft holds, once it holds another than [before]. */
    private fun photo(item: String, before: String? = null): String {
        var hash: String? = null
        screen.waitUntil(Hands.WAIT_MS) {
            screen.waitForIdle()
            val value = runBlocking {
                book.resumeDraft(book.drafts().single().id).use { form ->
                    form.look(null).questions.first { it.item == item }.value
                }
            }
            hash = (value as? Value.Photo)?.hash
            hash != before
        }
        return checkNotNull(hash)
    }

    @Test
    fun `a scale, a moment, an order and many choices`() {
        begin()
        hands.scrollTo(hasTestTag("noise"))
        press("noise", R.string.form_plus)
        says("noise", "0")
        screen.onNode(hasTestTag("slider noise")).performSemanticsAction(SemanticsActions.SetProgress) { it(2f) }
        says("noise", "1")
        press("noise", R.string.form_plus)
        says("noise", "1.5")

        hands.answer("seen_at", "2026-09-21 0830")
        press("seen_at", R.string.form_day_after)
        says("seen_at", "2026-09-22 08:30")
        hands.answer("seen_at", "2026-09-21 25")
        hands.sees(hands.words(R.string.form_not_moment))
        hands.answer("seen_at", "202609210830")

        hands.scrollTo(hasTestTag("urgency"))
        hands.sees(hands.words(R.string.form_rank_none))
        hands.scrollTo(hasTestTag("down 01"))
        hands.press(hasTestTag("down 01"))
        hands.sees("1. 中")
        hands.sees("2. 高")

        hands.scrollTo(hasTestTag("groups"))
        press("groups", R.string.form_choose_several)
        hands.press("残疾人")
        hands.press("空巢老人")
        hands.press(hands.words(R.string.form_done))
        hands.scrollTo(hasText("空巢老人 · 残疾人"))

        hands.rotate()
        says("noise", "1.5")
        hands.scrollTo(hasText("1. 中"))
        val (_, read) = savedAndReceived()
        assertEquals("1.5", read["noise"])
        assertEquals("2026-09-21 08:30", read["seen_at"])
        assertEquals("中、高、低", read["urgency"])
        assertEquals(setOf("空巢老人", "残疾人"), read.getValue("groups").split("、").toSet())
    }

    @Test
    fun `one photo is replaced when it is taken again, and a signature is drawn`() {
        begin()
        val (blurred, sharp) = Hands.jpeg(Color.GRAY) to Hands.jpeg()
        hands.app.fakeCamera.pointsAt(blurred)
        hands.scrollTo(hasTestTag("door"))
        press("door", R.string.photo_take)
        hands.press(hands.words(R.string.photo_shutter))
        hands.press(hands.words(R.string.photo_use))
        hands.scrollTo(hasText(hands.words(R.string.photo_retake)) and hasAnyAncestor(hasTestTag("door")))
        val first = photo("door")
        hands.photo("door", sharp)
        val second = photo("door", before = first)

        hands.scrollTo(hasTestTag("signed"))
        press("signed", R.string.sign_open)
        hands.sees(hasTestTag("sign signed"))
        screen.onNode(hasTestTag("sign signed")).performTouchInput {
            down(Offset(width * 0.2f, height * 0.5f))
            moveTo(Offset(width * 0.5f, height * 0.2f))
            moveTo(Offset(width * 0.8f, height * 0.5f))
            up()
        }
        hands.rotate()
        hands.press(hands.words(R.string.form_done))
        hands.scrollTo(hasText(hands.words(R.string.sign_again)))
        val signed = photo("signed")
        val bytes = runBlocking { book.photo(signed) }
        val ink = BitmapFactory.decodeByteArray(bytes, 0, bytes.size)
        assertEquals(2 * ink.height, ink.width)
        fun dark(x: Float, y: Float) = Color.luminance(ink.getPixel((ink.width * x).toInt(), (ink.height * y).toInt())) < 0.3f
        assertTrue("ink where the finger was", dark(0.35f, 0.35f) && dark(0.65f, 0.35f))
        assertTrue("white where it was not, to the last line: no mark", !dark(0.5f, 0.7f) && !dark(0.05f, 0.97f))

        val (record, read) = savedAndReceived()
        assertEquals("照片" to "签名", read["door"] to read["signed"])
        val photos = runBlocking { book.page(record) }.photos
        assertEquals("both received", listOf(second to true, signed to true), photos.map { it.hash to it.received })
        assertArrayEquals("the last one taken", sharp, runBlocking { book.photo(second) })
    }

    @Test
    fun `a recording is allowed, made, heard, made anew and handed in`() {
        begin()
        hands.app.fakeRecorder.trouble = RecorderTrouble.NOT_ALLOWED
        hands.scrollTo(hasTestTag("statement"))
        press("statement", R.string.audio_record)
        hands.scrollTo(hasText(hands.words(R.string.audio_allow)))
        hands.app.fakeRecorder.trouble = null
        press("statement", R.string.audio_allow)
        screen.waitForIdle()
        val asked = shadowOf(hands.activity).lastRequestedPermission
        assertEquals(listOf(Manifest.permission.RECORD_AUDIO), asked.requestedPermissions.toList())
        hands.activity.runOnUiThread {
            val granted = intArrayOf(PackageManager.PERMISSION_GRANTED)
            hands.activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, granted)
        }
        hands.sees(hasTestTag("recording statement"))
        hands.app.fakeRecorder.sound = ByteArray(3000) { it.toByte() }
        press("statement", R.string.audio_end)
        hands.scrollTo(hasText(hands.words(R.string.audio_play)))
        val first = photo("statement")
        press("statement", R.string.audio_play)
        hands.scrollTo(hasText(hands.words(R.string.audio_silence)))
        screen.waitUntil(Hands.WAIT_MS) { hands.app.fakeRecorder.played != null }
        assertArrayEquals(hands.app.fakeRecorder.sound, hands.app.fakeRecorder.played)
        hands.app.fakeRecorder.silence()
        hands.scrollTo(hasText(hands.words(R.string.audio_play)))

        hands.app.fakeRecorder.sound = ByteArray(5000) { (it / 3).toByte() }
        hands.scrollTo(hasText(hands.words(R.string.audio_again)))
        press("statement", R.string.audio_again)
        hands.sees(hasTestTag("recording statement"))
        hands.back()
        hands.scrollTo(hasText(hands.words(R.string.audio_again)))
        val second = photo("statement", before = first)
        val (record, read) = savedAndReceived()
        assertEquals("录音", read["statement"])
        assertTrue("no picture", runBlocking { book.page(record) }.photos.isEmpty())
        assertEquals("handed in", 0L, runBlocking { book.safe() }.photosPending)
        assertArrayEquals(hands.app.fakeRecorder.sound, runBlocking { book.photo(second) })
    }

    @Test
    fun `a draft that is opened again at once has the recording that was just ending`() {
        begin()
        hands.app.fakeRecorder.sound = ByteArray(3000) { it.toByte() }
        hands.app.fakeRecorder.slow = true
        hands.scrollTo(hasTestTag("statement"))
        press("statement", R.string.audio_record)
        hands.sees(hasTestTag("recording statement"))
        hands.go(Place.Today)
        hands.press(hands.words(R.string.draft_new, "全题型登记"))
        screen.waitForIdle()
        hands.app.fakeRecorder.handOver()
        hands.answer("name", "龙田路口二号")
        hands.scrollTo(hasText(hands.words(R.string.audio_play)))
        assertEquals("it is in the draft", 64, photo("statement").length)
    }

    @Test
    fun `a line and an area are walked from point to point`() {
        begin()
        for ((item, words) in listOf("fence" to "3 个点，长 214 米", "plot" to "3 个点，5716 平方米")) {
            hands.scrollTo(hasTestTag(item))
            press(item, R.string.line_begin)
            hands.sees(hands.words(R.string.line_none))
            val places = listOf(22.691 to 114.347, 22.692 to 114.347, 22.692 to 114.348, 22.5 to 114.0)
            places.forEachIndexed { at, (latitude, longitude) ->
                hands.app.fakeLocation.found(latitude, longitude)
                hands.scrollTo(hasText(hands.words(R.string.line_add)))
                hands.press(hasText(hands.words(R.string.line_add)) and hasClickAction() and isEnabled())
                hands.scrollTo(hasTestTag("answer $item"))
                hands.sees(hasTestTag("answer $item") and hasText("${at + 1} 个点", substring = true))
            }
            hands.scrollTo(hasText(hands.words(R.string.line_remove)))
            hands.press(hands.words(R.string.line_remove))
            hands.scrollTo(hasTestTag("answer $item") and hasText(words))
            hands.press(hands.words(R.string.form_done))
            says(item, words)
        }
        hands.app.fakeLocation.found()
        val (_, read) = savedAndReceived()
        assertEquals("3 个点，长 214 米", read["fence"])
        assertEquals("3 个点，5716 平方米", read["plot"])
    }

    @Test
    fun `a line of one point is no line, and entries have pages of their own`() {
        begin()
        hands.scrollTo(hasTestTag("fence"))
        press("fence", R.string.line_begin)
        hands.scrollTo(hasText(hands.words(R.string.line_add)))
        hands.press(hands.words(R.string.line_add))
        hands.scrollTo(hasText("点数不足", substring = true))
        hands.scrollTo(hasText(hands.words(R.string.line_clear)))
        hands.press(hands.words(R.string.line_clear))
        hands.scrollTo(hasText(hands.words(R.string.line_none)))
        hands.press(hands.words(R.string.form_done))
        hands.press(hands.words(R.string.form_next))
        hands.press(hands.words(R.string.form_entry_add))
        hands.press(hands.words(R.string.form_next))
        hands.answer("shop_name", "便民超市")
        hands.press(hands.words(R.string.form_save))
        hands.sees(hands.words(R.string.record_edit))
        hands.scrollTo(hasText("便民超市"))
    }

    private companion object {
        const val EVERY = 900
    }
}
