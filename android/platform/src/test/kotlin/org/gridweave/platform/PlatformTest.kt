package org.gridweave.platform

import org.robolectric.Robolectric
import org.junit.Assert.assertThrows
import java.util.zip.ZipFile
import java.io.FileNotFoundException
import android.net.Uri
import android.Manifest
import android.app.Application
import android.content.Intent
import android.location.LocationManager
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Looper
import android.os.SystemClock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetworkCapabilities
import org.robolectric.shadows.ShadowSystemClock
import java.io.File
import java.time.Duration
import android.location.Location as AndroidLocation

/** The services over the framework, on Android 8.0 and 14. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [26, 34], manifest = Config.NONE)
class PlatformTest {
    private val app: Application = RuntimeEnvironment.getApplication()

    /** What is told of the place while [steps] run. */
    private fun heard(steps: () -> Unit): List<Standing> {
        val heard = mutableListOf<Standing>()
        val job = Job()
        CoroutineScope(Dispatchers.Unconfined + job).launch { DeviceLocation(app).standing().collect(heard::add) }
        steps()
        shadowOf(Looper.getMainLooper()).idle()
        job.cancel()
        return heard
    }

    private fun at(provider: String, latitude: Double, ms: Long) = AndroidLocation(provider).apply {
        this.latitude = latitude
        longitude = 114.347
        accuracy = 4.5f
        time = ms
        elapsedRealtimeNanos = ms * 1_000_000
    }

    @Test
    fun `the place is told when it is allowed, switched on and found`() {
        val manager = app.getSystemService(LocationManager::class.java)
        assertEquals(listOf(Standing.NotAllowed), heard {})
        shadowOf(app).grantPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, false)
        shadowOf(manager).setProviderEnabled(LocationManager.NETWORK_PROVIDER, false)
        assertEquals(listOf(Standing.SwitchedOff), heard {})
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        shadowOf(manager).setProviderEnabled(LocationManager.NETWORK_PROVIDER, true)
        val heard = heard {
            shadowOf(manager).simulateLocation(at(LocationManager.GPS_PROVIDER, 22.691, 10_000))
            shadowOf(manager).simulateLocation(at(LocationManager.NETWORK_PROVIDER, 22.7, 20_000))
            shadowOf(manager).simulateLocation(at(LocationManager.NETWORK_PROVIDER, 22.8, 60_000))
        }
        val readings = heard.filterIsInstance<Standing.Here>().map { it.reading }
        assertEquals(Standing.Searching, heard.first())
        assertEquals("the network's place waits", listOf(22.691, 22.8), readings.map { it.latitude })
        val first = Reading(22.691, 114.347, 4.5f, true, false, 10_000, 10_000_000_000, gnssMs = 10_000, speedMps = null)
        assertEquals(first, readings[0])
        assertEquals("the network has no satellites' clock", null, readings[1].gnssMs)
    }

    @Test
    fun `a place that nothing more is heard of is searched for, one without numbers is none`() {
        shadowOf(app).grantPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        val manager = app.getSystemService(LocationManager::class.java)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        val heard = heard {
            val now = SystemClock.elapsedRealtime()
            shadowOf(manager).simulateLocation(at(LocationManager.GPS_PROVIDER, 22.691, now).apply { accuracy = Float.NaN })
            shadowOf(manager).simulateLocation(at(LocationManager.GPS_PROVIDER, Double.NaN, now + 2_000))
            shadowOf(manager).simulateLocation(at(LocationManager.GPS_PROVIDER, 22.691, now + 4_000))
            shadowOf(Looper.getMainLooper()).idle()
            ShadowSystemClock.advanceBy(Duration.ofSeconds(70))
            Thread.sleep(2_500)
        }
        assertEquals(listOf("Searching", "Here", "Searching"), heard.map { it.javaClass.simpleName })
    }

    @Test
    fun `battery, storage and network are what the system says`() {
        val state = SystemState(app)
        shadowOf(app.getSystemService(BatteryManager::class.java))
            .setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, 37)
        assertEquals(37, state.battery())
        val manager = app.getSystemService(ConnectivityManager::class.java)
        val wifi = ShadowNetworkCapabilities.newInstance()
        shadowOf(wifi).addTransportType(NetworkCapabilities.TRANSPORT_WIFI)
        shadowOf(manager).setNetworkCapabilities(manager.activeNetwork, wifi)
        assertEquals("wifi", state.network())
        shadowOf(wifi).addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
        assertTrue(state.unmetered())
        shadowOf(wifi).removeCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
        assertTrue("a hotspot's bytes cost something", !state.unmetered())
        shadowOf(manager).setDefaultNetworkActive(false)
        shadowOf(manager).setActiveNetworkInfo(null)
        assertEquals("none", state.network())
        assertTrue(!state.unmetered())
        assertTrue(state.storageFreeMib() >= 0)
    }

    @Test
    fun `changes of network and battery are told as they happen`() {
        val heard = mutableListOf<Health>()
        val job = Job()
        CoroutineScope(Dispatchers.Unconfined + job).launch { SystemState(app).health().collect(heard::add) }
        shadowOf(app.getSystemService(BatteryManager::class.java))
            .setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, 9)
        app.sendBroadcast(Intent(Intent.ACTION_BATTERY_CHANGED))
        shadowOf(Looper.getMainLooper()).idle()
        assertEquals(9, heard.last().battery)
        val manager = app.getSystemService(ConnectivityManager::class.java)
        val told = shadowOf(manager).networkCallbacks.single()
        val lost = checkNotNull(manager.activeNetwork)
        shadowOf(manager).setDefaultNetworkActive(false)
        shadowOf(manager).setActiveNetworkInfo(null)
        told.onLost(lost)
        assertEquals("none", heard.last().network)
        job.cancel()
        assertTrue("nobody listens any more", shadowOf(manager).networkCallbacks.isEmpty())
    }

    @Test
    fun `a rescue file holds the folder whole and is lent to nobody unasked`() {
        val folder = File(app.filesDir, "fieldbook.aside-7-0").apply { resolve("photos/ab").mkdirs() }
        File(folder, "fieldbook.db").writeBytes(ByteArray(5000) { 7 })
        File(folder, "fieldbook.lock").createNewFile()
        File(folder, "photos/ab/abcd").writeBytes(ByteArray(100) { 8 })
        val rescue = Rescue(app)
        assertEquals(listOf(folder), rescue.aside())
        val parts = mutableListOf<Float>()
        val packed = rescue.pack(listOf(folder), parts::add).single()
        ZipFile(packed).use { zip ->
            assertEquals(setOf("fieldbook.db", "photos/ab/abcd"), zip.entries().asSequence().map { it.name }.toSet())
            assertArrayEquals(ByteArray(100) { 8 }, zip.getInputStream(zip.getEntry("photos/ab/abcd")).readBytes())
        }
        assertEquals(1f, parts.last())
        val offer = rescue.offer(listOf(packed))
        assertTrue(offer.flags and Intent.FLAG_GRANT_READ_URI_PERMISSION != 0)
        @Suppress("DEPRECATION") // the other one is of Android 13
        val uri = checkNotNull(offer.getParcelableArrayListExtra<Uri>(Intent.EXTRA_STREAM)).single()
        val provider = Robolectric.setupContentProvider(RescueProvider::class.java, uri.authority)
        provider.openFile(uri, "r").use { assertEquals(packed.length(), it.statSize) }
        assertThrows(FileNotFoundException::class.java) { provider.openFile(uri, "rw") }
        for (path in listOf("fieldbook.db", "..%2Ffieldbook.db", "%2E%2E/x", "gridweave-x.zip")) {
            val other = Uri.parse("content://${uri.authority}/$path")
            assertThrows(path, FileNotFoundException::class.java) { provider.openFile(other, "r") }
        }
    }

    @Test
    fun `choices are kept, unknown words count as not chosen`() {
        assertEquals(Chosen(), KeptChoices(app).chosen)
        val chosen = Chosen(Language.ENGLISH, Look.SUNLIGHT, 150, false, true, true)
        KeptChoices(app).chosen = chosen
        assertEquals(chosen, KeptChoices(app).chosen)
        app.getSharedPreferences("choices", 0).edit().putString("look", "SEPIA").apply()
        assertEquals(Look.SYSTEM, KeptChoices(app).chosen.look)
    }
}
