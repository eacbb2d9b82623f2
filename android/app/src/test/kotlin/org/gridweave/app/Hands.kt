package org.gridweave.app

import android.app.Activity
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasScrollToIndexAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.ComposeTestRule
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.performTextReplacement
import androidx.lifecycle.ViewModelProvider
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import org.gridweave.core.BookState
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowSystemClock
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.time.Duration

/** A worker's hands and eyes on the real app. */
class Hands(private val screen: ComposeTestRule) : AutoCloseable {
    val app = RuntimeEnvironment.getApplication() as TestApp
    private var controller: ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java)
    val activity: MainActivity get() = controller.get()

    fun open(state: Bundle? = null) = apply {
        controller = Robolectric.buildActivity(MainActivity::class.java)
        if (state == null) controller.setup() else controller.setup(state)
    }

    fun words(id: Int, vararg args: Any): String = activity.getString(id, *args)

    /** Waits until something is there; answers in the same words if it never is. */
    fun sees(matcher: SemanticsMatcher) {
        try {
            screen.waitUntil(WAIT_MS) { screen.onAllNodes(matcher).fetchSemanticsNodes().isNotEmpty() }
        } catch (late: Throwable) {
            throw AssertionError("not seen: ${matcher.description}\n${shown()}", late)
        }
    }

    fun sees(text: String, substring: Boolean = false) = sees(hasText(text, substring = substring))

    fun seesNot(text: String) =
        screen.waitUntil(WAIT_MS) { screen.onAllNodes(hasText(text)).fetchSemanticsNodes().isEmpty() }

    /** All texts of the screen. */
    fun shown(): String {
        val any = SemanticsMatcher("anything") { true }
        return screen.onAllNodes(any).fetchSemanticsNodes().flatMap { node ->
            node.config.filter { it.key.name == "Text" || it.key.name == "EditableText" }.map { "${it.value}" }
        }.joinToString(" | ")
    }

    /** Brings a part of the list to the eyes. */
    fun scrollTo(matcher: SemanticsMatcher) {
        sees(hasScrollToIndexAction())
        try {
            screen.waitUntil(WAIT_MS) {
                runCatching { screen.onNode(hasScrollToIndexAction()).performScrollToNode(matcher) }.isSuccess
            }
        } catch (late: Throwable) {
            throw AssertionError("not found: ${matcher.description}\n${shown()}", late)
        }
    }

    fun press(text: String) = press(hasText(text) and hasClickAction())

    /** A hand waits until what it wants to press can be pressed. */
    fun press(matcher: SemanticsMatcher) {
        val able = matcher and isEnabled()
        sees(able)
        screen.onAllNodes(able)[0].performClick()
    }

    fun type(tag: String, text: String) {
        sees(hasTestTag(tag))
        screen.onNode(hasTestTag(tag) and hasSetTextAction()).performTextReplacement(text)
    }

    /** Answers a question of a form by touching a choice. */
    fun choose(item: String, choice: String) {
        scrollTo(hasTestTag(item))
        press(hasText(choice) and hasClickAction() and hasAnyAncestor(hasTestTag(item)))
    }

    fun answer(item: String, text: String) {
        scrollTo(hasTestTag(item))
        type("answer $item", text)
    }

    /** Takes the place of the app that pictures are chosen in. */
    fun photo(item: String, jpeg: ByteArray) {
        choose(item, words(R.string.form_photo_add))
        screen.waitForIdle()
        val asked = shadowOf(activity).nextStartedActivityForResult
        check(asked.intent.action == Intent.ACTION_GET_CONTENT && asked.intent.type == "image/*")
        val uri = Uri.parse("content://pictures/1")
        shadowOf(activity.contentResolver).registerInputStream(uri, ByteArrayInputStream(jpeg))
        shadowOf(activity).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(uri))
        sees(hasText(words(R.string.form_photo_remove)))
    }

    /** Enrols this device with the code of a new worker, and syncs. */
    fun enrol(name: String = "安", url: String = City.url) = apply {
        type("code", City.worker(name, url = url))
        press(words(R.string.enrol_send))
        choosePin()
        sees(words(R.string.safe_never_pulled))
        sync()
    }

    /** Chooses the PIN, as the app asks right after enrolment. */
    fun choosePin() {
        sees(words(R.string.pin_new))
        typePin()
        sees(words(R.string.pin_again))
        typePin()
    }

    /** Touches the keys of a PIN and OK. */
    fun typePin(pin: String = PIN) {
        sees(hasTestTag("typed") and hasText("—"))
        for (digit in pin) press(hasText("$digit") and hasClickAction())
        screen.waitForIdle()
        press(words(R.string.pin_ok))
        screen.waitForIdle()
    }

    /** Runs sync by hand until it has ended. */
    fun sync(outcome: Int = R.string.sync_done) {
        press(words(R.string.tab_sync))
        press(words(R.string.sync_start))
        sees(words(R.string.sync_start))
        scrollTo(hasText(words(outcome)))
    }

    /** Runs sync by hand, again and again as a person would, until all is safe at the centre. */
    fun syncUntilSealed() {
        press(words(R.string.tab_sync))
        repeat(20) {
            press(words(R.string.sync_start))
            sees(words(R.string.sync_start))
            if (runBlocking { app.parts().book.safe() }.isSealed) return
        }
        throw AssertionError("not safe after twenty runs\n${shown()}")
    }

    /** Waits for a moment that passes soon, more often than for what stays. */
    fun during(moment: () -> Boolean) {
        val late = System.currentTimeMillis() + WAIT_MS
        while (!moment()) {
            check(System.currentTimeMillis() < late) { "the moment never came\n${shown()}" }
            shadowOf(android.os.Looper.getMainLooper()).idle()
            Thread.sleep(1)
        }
    }

    /** Writes a text into a field of a record, past the screens. */
    fun edit(record: String, item: String, text: String) = runBlocking { app.parts().book.edit(record, item, text) }

    /** Captures a hazard up to its last screen. */
    fun fillHazard(place: String, photo: ByteArray? = null) {
        press(words(R.string.tab_new))
        scrollTo(hasText("问题隐患"))
        press("问题隐患")
        choose("category", "消防隐患")
        choose("level", "一般")
        answer("place", place)
        photo?.let { photo("photos", it) }
        answer("description", "楼道堆放杂物")
        press(words(R.string.form_next))
        sees("涉及对象", substring = true)
        press(words(R.string.form_next))
        choose("settled_at_once", words(R.string.form_no))
    }

    /** Captures a hazard and saves it; answers the record. */
    fun hazard(place: String, photo: ByteArray? = null): String {
        fillHazard(place, photo)
        press(words(R.string.form_save))
        sees(words(R.string.record_edit))
        scrollTo(hasText(place))
        return runBlocking { app.parts().book.find(place).rows.single().record }
    }

    /** The number of this device. */
    fun rid(record: String): String = runBlocking { app.parts().book.page(record).history.first().dot.substringBefore('.') }

    /** Goes to a screen from wherever the hands are. */
    fun go(place: Place) = activity.runOnUiThread { ViewModelProvider(activity)[Stack::class.java].go(place) }

    fun back() {
        activity.runOnUiThread { activity.onBackPressedDispatcher.onBackPressed() }
        screen.waitForIdle()
    }

    /** Puts the phone away, the app still running, and takes it out again. */
    fun leaveFor(time: Duration) {
        screen.waitForIdle()
        controller.pause().stop()
        ShadowSystemClock.advanceBy(time)
        controller.restart().start().resume()
        screen.waitForIdle()
    }

    fun rotate() {
        controller.recreate()
    }

    /** Whatever the hands began has reached the core. */
    private fun settle() {
        screen.waitForIdle()
        // Asked beside: the app may be opening the field book just now, and that ends on this thread.
        val asked = CoroutineScope(Dispatchers.IO).async { runCatching { app.parts() }.getOrNull() }
        screen.waitUntil(WAIT_MS) { asked.isCompleted }
        val parts = runBlocking { asked.await() } ?: return
        screen.waitUntil(WAIT_MS) {
            // What comes back from the core goes on here, and no screen waits for it.
            shadowOf(Looper.getMainLooper()).idle()
            parts.scope.coroutineContext.job.children.none()
        }
    }

    /** The system ends the process while the app is in the background, and the person comes back. */
    fun die(unlock: Boolean = true) {
        settle()
        val state = Bundle()
        controller.pause().saveInstanceState(state).stop().destroy()
        letGo()
        open(state)
        if (unlock && runBlocking { app.keys.state() } is BookState.Locked) typePin()
    }

    override fun close() {
        settle()
        controller.pause().stop().destroy()
        letGo()
    }

    /** The app lets go of the field book. What it waits for ends on this thread. */
    private fun letGo() {
        val closing = CoroutineScope(Dispatchers.IO).async { app.close() }
        screen.waitUntil(WAIT_MS) {
            shadowOf(Looper.getMainLooper()).idle()
            closing.isCompleted
        }
        runBlocking { closing.await() }
    }

    companion object {
        const val WAIT_MS = 20_000L
        const val PIN = "271828"

        /** A whole JPEG file, as a camera would make it. */
        fun jpeg(colour: Int = Color.rgb(160, 60, 20)): ByteArray {
            val bitmap = Bitmap.createBitmap(1200, 900, Bitmap.Config.ARGB_8888)
            val canvas = Canvas(bitmap)
            canvas.drawColor(colour)
            val paint = Paint().apply { color = Color.YELLOW; strokeWidth = 30f }
            for (x in 0..1200 step 120) canvas.drawLine(x.toFloat(), 0f, 1200f - x, 900f, paint)
            return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.JPEG, 85, it) }.toByteArray()
        }
    }
}
