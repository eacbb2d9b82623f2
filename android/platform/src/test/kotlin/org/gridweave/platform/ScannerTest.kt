package org.gridweave.platform

import android.app.Application
import android.content.Context
import android.content.Intent
import android.content.RestrictionsManager
import android.os.Bundle
import android.os.Looper
import android.view.KeyEvent
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** What scanners and the organisation's management tell. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [26, 34], manifest = Config.NONE)
class ScannerTest {
    private val app: Application = RuntimeEnvironment.getApplication()

    private fun heard(scanner: Scanner, steps: () -> Unit): List<String> {
        val heard = mutableListOf<String>()
        val job = Job()
        CoroutineScope(Dispatchers.Unconfined + job).launch { scanner.codes().collect(heard::add) }
        steps()
        shadowOf(Looper.getMainLooper()).idle()
        job.cancel()
        return heard
    }

    @Test
    fun `each maker's broadcast is understood, and nobody listens when no code is wanted`() {
        fun listeners() = shadowOf(app).registeredReceivers.count { it.intentFilter.hasAction(OWN_SCANNER_ACTION) }
        val before = listeners()
        val heard = heard(BroadcastScanner(app) { null }) {
            assertEquals(before + 1, listeners())
            for (known in KNOWN_SCANNERS) for (extra in known.extras) {
                app.sendBroadcast(Intent(known.action).putExtra(extra, "  $extra\r\n"))
            }
            app.sendBroadcast(Intent(KNOWN_SCANNERS[1].action).putExtra("barcode", "字节".toByteArray()))
            app.sendBroadcast(Intent("com.example.OTHER").putExtra("data", "not wanted"))
            app.sendBroadcast(Intent(KNOWN_SCANNERS[1].action).putExtra("barcode_string", "x".repeat(5_000)))
            app.sendBroadcast(Intent(KNOWN_SCANNERS[1].action).putExtra("barcode_string", 7))
        }
        assertEquals(KNOWN_SCANNERS.flatMap { it.extras } + "字节", heard)
        assertEquals(before, listeners())
    }

    @Test
    fun `the organisation's own action is heard, too`() {
        val own = ScannerBroadcast("cn.example.SCANNED", listOf("value_of_it"))
        val heard = heard(BroadcastScanner(app) { own }) {
            app.sendBroadcast(Intent("cn.example.SCANNED").putExtra("value_of_it", "44030001"))
        }
        assertEquals(listOf("44030001"), heard)
    }

    @Test
    fun `keys faster than a hand are a code, a hand's keys are not`() {
        val found = mutableListOf<String>()
        val wedge = KeyWedge(found::add)
        var ms = 1_000L
        fun key(code: Int, after: Long): Boolean {
            ms += after
            return wedge.takes(KeyEvent(ms, ms, KeyEvent.ACTION_DOWN, code, 0))
        }
        val digits = listOf(KeyEvent.KEYCODE_4, KeyEvent.KEYCODE_4, KeyEvent.KEYCODE_0, KeyEvent.KEYCODE_3)
        assertTrue(digits.all { key(it, 10) } && key(KeyEvent.KEYCODE_ENTER, 10))
        assertEquals(listOf("4403"), found)
        digits.forEach { key(it, 400) }
        assertFalse("Enter after slow keys stays Enter", key(KeyEvent.KEYCODE_ENTER, 400))
        assertFalse(key(KeyEvent.KEYCODE_VOLUME_UP, 10))
        assertEquals(1, found.size)
    }

    @Test
    fun `what the organisation sets is read, told when it changes, and stands over what the person chose`() {
        val managed = DeviceManaged(app)
        assertEquals(ManagedSettings(), managed.now)
        val heard = mutableListOf<ManagedSettings>()
        val job = Job()
        CoroutineScope(Dispatchers.Unconfined + job).launch { managed.settings().collect(heard::add) }
        val set = Bundle().apply {
            putString("enrolment_code", " GW1-ABC ")
            putString("language", "en")
            putString("photos_on_wifi_only", "on")
            putString("watermark", "free")
            putString("scanner_action", "cn.example.SCANNED")
        }
        val manager = app.getSystemService(Context.RESTRICTIONS_SERVICE) as RestrictionsManager
        shadowOf(manager).setApplicationRestrictions(set)
        app.sendBroadcast(Intent(Intent.ACTION_APPLICATION_RESTRICTIONS_CHANGED))
        shadowOf(Looper.getMainLooper()).idle()
        job.cancel()
        val now = ManagedSettings(
            enrolmentCode = "GW1-ABC",
            language = Language.ENGLISH,
            photosOnWifiOnly = true,
            scanner = ScannerBroadcast("cn.example.SCANNED", listOf("data")),
        )
        assertEquals(listOf(ManagedSettings(), now), heard)
        val chosen = Chosen(Language.CHINESE, watermark = true).under(now)
        assertEquals(Chosen(Language.ENGLISH, photosOnWifiOnly = true, watermark = true), chosen)
    }
}
