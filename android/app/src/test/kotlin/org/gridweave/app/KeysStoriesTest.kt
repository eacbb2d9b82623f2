package org.gridweave.app

import android.content.Intent
import android.net.Uri
import android.view.WindowManager.LayoutParams
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import kotlinx.coroutines.runBlocking
import org.gridweave.core.BookState
import org.gridweave.platform.Rescue
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import java.io.File
import java.nio.file.Files
import java.time.Duration
import java.util.zip.ZipInputStream

/** PIN, lock, and what becomes of the work on a phone that does not open any more. */
class KeysStoriesTest : Story() {
    private val folder get() = File(hands.app.filesDir, "fieldbook")

    /** An enrolled phone with a hazard that was not sent yet. */
    private fun used(): String {
        hands.enrol("王小明")
        hands.app.fakeLocation.found()
        return hands.hazard("深汕路一号", Hands.jpeg())
    }

    @Test
    fun `the PIN is asked after the process died, and then everything is as it was`() {
        val record = used()
        assertTrue(hands.activity.window.attributes.flags and LayoutParams.FLAG_SECURE != 0)
        hands.die(unlock = false)
        hands.sees(hands.words(R.string.pin_enter))
        assertFalse("nothing shows before", hands.shown().contains("深汕路"))
        assertTrue("sync waits", runBlocking { hands.app.openForSync() } == null)
        hands.typePin("314159")
        hands.sees(hands.words(R.string.trouble_wrong_pin))
        hands.sees(hands.words(R.string.pin_left, 9))
        hands.die(unlock = false)
        hands.sees(hands.words(R.string.pin_left, 9))
        hands.typePin()
        hands.scrollTo(hasText("深汕路一号"))
        assertEquals(record, runBlocking { book.find("深汕路").rows.single().record })
    }

    @Test
    fun `a PIN is chosen twice alike and not a simple one`() {
        hands.type("code", City.worker("安"))
        hands.press(hands.words(R.string.enrol_send))
        hands.sees(hands.words(R.string.pin_new))
        hands.typePin("123456")
        hands.typePin("123456")
        hands.sees(hands.words(R.string.trouble_pin_unfit))
        hands.typePin("271828")
        hands.typePin("271829")
        hands.sees(hands.words(R.string.pin_differed))
        hands.choosePin()
        hands.sees(hands.words(R.string.safe_never_pulled))
        hands.press(hands.words(R.string.tab_settings))
        hands.scrollTo(hasText(hands.words(R.string.pin_change)))
        hands.press(hands.words(R.string.pin_change))
        hands.sees(hands.words(R.string.pin_current))
        for (pin in listOf(Hands.PIN, "314159", "314159")) hands.typePin(pin)
        hands.sees(hands.words(R.string.settings_title))
        hands.die(unlock = false)
        hands.typePin("314159")
        hands.sees(hands.words(R.string.settings_title))
    }

    @Test
    fun `after five minutes out of sight the screens are shut and sync goes on`() {
        used()
        hands.leaveFor(Duration.ofMinutes(4))
        hands.sees(hands.words(R.string.record_edit))
        hands.leaveFor(Duration.ofMinutes(6))
        hands.sees(hands.words(R.string.pin_enter))
        assertFalse(hands.shown().contains("深汕路"))
        val parts = checkNotNull(runBlocking { hands.app.openForSync() })
        hands.activity.runOnUiThread { parts.sync.start() }
        hands.during { parts.sync.now.value.report != null }
        assertTrue(runBlocking { parts.book.safe() }.isSealed)
        hands.typePin()
        hands.scrollTo(hasText(hands.words(R.string.custody_received)))
    }

    @Test
    fun `a forgotten PIN leaves it to the organisation, which gets everything`() {
        val record = used()
        hands.die(unlock = false)
        for (left in 9 downTo 5) {
            hands.typePin("314159")
            hands.sees(hands.words(R.string.pin_left, left))
        }
        hands.seesNot(hands.words(R.string.pin_ok))
        val locked = runBlocking { hands.app.keys.state() } as BookState.Locked
        assertTrue("the wait is kept", locked.waitMs in 1..30_000)
        hands.press(hands.words(R.string.pin_forgotten))
        hands.sees(hands.words(R.string.lost_pin_forgotten))
        handOverAndBeginAnew(record)
    }

    @Test
    fun `a PIN that comes back to mind after the hand over opens everything again`() {
        used()
        hands.leaveFor(Duration.ofMinutes(6))
        hands.press(hands.words(R.string.pin_forgotten))
        hands.press(hands.words(R.string.lost_hand_over))
        hands.during { shadowOf(hands.app).nextStartedActivity?.action == Intent.ACTION_CHOOSER }
        hands.back()
        hands.typePin()
        hands.scrollTo(hasText("深汕路一号"))
        hands.back()
        hands.syncUntilSealed()
    }

    @Test
    fun `a key store that lost its key loses nothing`() {
        val record = used()
        hands.app.fakeKey.lost = true
        hands.die(unlock = false)
        hands.sees(hands.words(R.string.lost_device_key))
        handOverAndBeginAnew(record)
    }

    @Test
    fun `keys damaged in one copy open, in both are told`() {
        used()
        val copies = listOf("fieldbook.keys", "fieldbook-copy.keys").map { File(folder, it) }
        val whole = copies[0].readBytes()
        copies[0].writeBytes(whole.copyOf(20))
        hands.die()
        hands.scrollTo(hasText("深汕路一号"))
        assertTrue("mended", copies[0].readBytes().contentEquals(whole))
        copies.forEach { it.writeBytes(ByteArray(3)) }
        hands.die(unlock = false)
        hands.sees(hands.words(R.string.lost_keys_damaged))
        assertTrue(File(folder, "fieldbook.db").exists())
        // Somebody put a copy back.
        copies[1].writeBytes(whole)
        hands.die()
        hands.scrollTo(hasText("深汕路一号"))
    }

    /** The sealed file reaches the supervisor, the organisation hands it in, and the worker goes on with a new book. */
    private fun handOverAndBeginAnew(record: String) {
        hands.press(hands.words(R.string.lost_hand_over))
        var chooser: Intent? = null
        hands.during {
            chooser = shadowOf(hands.app).nextStartedActivity?.takeIf { it.action == Intent.ACTION_CHOOSER }
            chooser != null
        }
        @Suppress("DEPRECATION") // the other one is of Android 13
        val offer = chooser!!.getParcelableExtra<Intent>(Intent.EXTRA_INTENT)!!
        @Suppress("DEPRECATION")
        val uri = offer.getParcelableArrayListExtra<Uri>(Intent.EXTRA_STREAM)!!.single()
        val provider = Robolectric.setupContentProvider(org.gridweave.platform.RescueProvider::class.java, uri.authority)
        val salvaged = Files.createTempDirectory("gridweave-salvaged").toFile()
        provider.openFile(uri, "r").use { file ->
            ZipInputStream(java.io.FileInputStream(file.fileDescriptor)).use { zip ->
                generateSequence { zip.nextEntry }.forEach { entry ->
                    File(salvaged, entry.name).apply { parentFile!!.mkdirs() }.writeBytes(zip.readBytes())
                }
            }
        }
        val files = salvaged.walk().filter { it.isFile }.map { it.readBytes().toString(Charsets.ISO_8859_1) }.toList()
        for (word in listOf("王小明", "深汕路", "楼道堆放杂物")) {
            val bytes = word.toByteArray().toString(Charsets.ISO_8859_1)
            assertTrue("sealed: $word", files.none { bytes in it })
        }
        City.rescue(salvaged)
        salvaged.deleteRecursively()

        hands.press(hands.words(R.string.lost_anew))
        hands.sees(hands.words(R.string.lost_sure))
        hands.press(hands.words(R.string.lost_anew_really))
        hands.sees(hasTestTag("code"))
        assertEquals(1, Rescue(hands.app).aside().size)
        hands.app.fakeKey.lost = false
        hands.enrol("王小明")
        hands.press(hands.words(R.string.tab_find))
        hands.type("query", "深汕路")
        hands.press(hasText("深汕路一号", substring = true) and hasClickAction() and !hasTestTag("query"))
        assertEquals(record, runBlocking { book.find("深汕路").rows.single().record })

        // The old one can still be handed over.
        hands.back()
        hands.press(hands.words(R.string.tab_settings))
        hands.scrollTo(hasText(hands.words(R.string.aside_how, 1)))
        hands.scrollTo(hasText(hands.words(R.string.lost_hand_over)))
        hands.press(hands.words(R.string.lost_hand_over))
        hands.during { shadowOf(hands.app).nextStartedActivity?.action == Intent.ACTION_CHOOSER }
    }
}
