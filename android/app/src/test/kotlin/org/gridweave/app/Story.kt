package org.gridweave.app

import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The real app on Android 8.0 and 14 in a worker's hands, its real core, and the real server of a city of its own. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, sdk = [26, 34], qualifiers = "zh-rCN-w360dp-h640dp-xhdpi")
abstract class Story {
    @get:Rule
    val screen = createEmptyComposeRule()

    protected val hands by lazy { Hands(screen).open() }
    protected val book get() = runBlocking { hands.app.parts().book }

    @After
    fun close() {
        hands.close()
        City.leave()
    }

    /** Both write into one record without having heard of the other; the second to hand in is these hands. */
    protected fun dispute(record: String, bai: Colleague) {
        bai.edit(record, "description", "井盖松动")
        bai.sync()
        hands.edit(record, "description", "井盖缺失")
        hands.sync()
    }
}
