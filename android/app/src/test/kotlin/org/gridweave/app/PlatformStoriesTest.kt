package org.gridweave.app

import android.app.Activity
import android.app.NotificationManager
import android.app.job.JobScheduler
import android.content.Context
import android.content.Intent
import android.content.RestrictionsManager
import android.content.pm.PackageManager
import android.graphics.BitmapFactory
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import android.provider.Settings
import android.view.KeyCharacterMap
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Custody
import org.gridweave.platform.CameraTrouble
import org.gridweave.platform.Pictures
import org.gridweave.platform.Reading
import org.gridweave.platform.Standing
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.util.concurrent.TimeUnit

/** What the device offers, in the hands of a worker: on Android 8.0 and 14, with the real core and a real server. */
class PlatformStoriesTest : Story() {
    private val camera get() = hands.app.fakeCamera
    private val notices
        get() = shadowOf(hands.app.getSystemService(Context.NOTIFICATION_SERVICE) as NotificationManager)
    private val jobs get() = hands.app.getSystemService(JobScheduler::class.java)

    /** A question's button. */
    private fun button(item: String, words: Int) =
        hasText(hands.words(words)) and hasClickAction() and hasAnyAncestor(hasTestTag(item))

    private fun openHazard() {
        hands.press(hands.words(R.string.tab_new))
        hands.scrollTo(hasText("问题隐患"))
        hands.press("问题隐患")
        hands.sees(hasTestTag("category"))
    }

    private fun openCamera() {
        openHazard()
        hands.scrollTo(button("photos", R.string.photo_take))
        hands.press(button("photos", R.string.photo_take))
        hands.sees(hands.words(R.string.photo_title))
    }

    /** Waits for what no screen shows. */
    private fun await(condition: () -> Boolean) = screen.waitUntil(Hands.WAIT_MS) {
        shadowOf(Looper.getMainLooper()).idle()
        condition()
    }

    /** The system runs the job to its end; whether it is to be run again. */
    private fun runJob(): Boolean {
        val service = Robolectric.buildService(SyncJob::class.java).create().get()
        assertTrue("goes on by itself", service.onStartJob(null))
        await { shadowOf(service).isJobFinished }
        return shadowOf(service).isRescheduleNeeded
    }

    @Test
    fun `a device is enrolled by the code that it sees`() {
        hands.press(hands.words(R.string.scan_title))
        hands.sees(hasContentDescription(hands.words(R.string.camera_view)))
        hands.press(hands.words(R.string.scan_torch_on))
        hands.sees(hands.words(R.string.scan_torch_off))
        assertTrue(camera.light)
        camera.shows("")
        camera.shows(City.worker("安"))
        hands.sees(hands.words(R.string.enrol_how))
        assertEquals("nobody keeps the camera", 0, camera.open)
        hands.press(hands.words(R.string.enrol_send))
        hands.choosePin()
        hands.sees(hands.words(R.string.safe_never_pulled))
    }

    @Test
    fun `a photo is taken, outlives the process before it is used, and arrives`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        openCamera()
        hands.press(hands.words(R.string.scan_torch_on))
        hands.sees(hands.words(R.string.scan_torch_off))
        assertTrue(camera.light)
        val jpeg = Hands.jpeg()
        camera.pointsAt(jpeg)
        hands.press(hands.words(R.string.photo_shutter))
        hands.sees(hands.words(R.string.photo_use))

        hands.die()
        hands.sees(hands.words(R.string.photo_use))
        hands.press(hands.words(R.string.photo_retake))
        hands.press(hands.words(R.string.photo_shutter))
        hands.sees(hands.words(R.string.photo_use))
        hands.press(hands.words(R.string.photo_use))
        hands.scrollTo(button("photos", R.string.form_photo_remove))
        assertEquals(0, camera.open)
        val draft = runBlocking { book.drafts().single() }
        val kept = runBlocking { book.resumeDraft(draft.id).use { form -> form.look(null).questions.first { it.item == "photos" }.photos } }
        assertArrayEquals("a picture that needs nothing is kept as it is", jpeg, runBlocking { book.photo(kept.single()) })
    }

    @Test
    fun `a photo is made small, turned upright and marked as the settings say`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.press(hands.words(R.string.tab_settings))
        val off = "${hands.words(R.string.settings_watermark)}：${hands.words(R.string.settings_off)}"
        hands.scrollTo(hasText(off))
        hands.press(off)
        openCamera()
        val big = java.io.ByteArrayOutputStream().also { out ->
            android.graphics.Bitmap.createBitmap(4000, 3000, android.graphics.Bitmap.Config.ARGB_8888)
                .apply { eraseColor(android.graphics.Color.GREEN) }
                .compress(android.graphics.Bitmap.CompressFormat.JPEG, 90, out)
        }.toByteArray()
        camera.pointsAt(big)
        hands.press(hands.words(R.string.photo_shutter))
        hands.press(hands.words(R.string.photo_use))
        hands.scrollTo(button("photos", R.string.form_photo_remove))
        await { runBlocking { book.drafts() }.isNotEmpty() }
        val draft = runBlocking { book.drafts().single() }
        val hash = runBlocking { book.resumeDraft(draft.id).use { form -> form.look(null).questions.first { it.item == "photos" }.photos.single() } }
        val bytes = runBlocking { book.photo(hash) }
        val picture = BitmapFactory.decodeByteArray(bytes, 0, bytes.size)
        assertEquals(2048 to 1536, picture.width to picture.height)
        val dark = (0 until 2048 step 8).count { android.graphics.Color.green(picture.getPixel(it, 1530)) < 200 }
        assertTrue("a band with letters", dark > 200)
        assertArrayEquals(Pictures.prepare(bytes), bytes)
    }

    @Test
    fun `a picture whose app breaks off is no picture, and the form goes on`() {
        hands.enrol()
        openHazard()
        hands.choose("category", "消防隐患")
        hands.choose("photos", hands.words(R.string.form_photo_add))
        screen.waitForIdle()
        val asked = shadowOf(hands.activity).nextStartedActivityForResult
        val uri = Uri.parse("content://cloud/1")
        shadowOf(hands.activity.contentResolver).registerInputStream(uri, object : InputStream() {
            override fun read(): Int = throw IOException("the cloud is away")
        })
        shadowOf(hands.activity).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(uri))
        hands.scrollTo(hasText(hands.words(R.string.photo_no_picture)))
        hands.choose("level", "一般")
        await { runBlocking { book.drafts() }.isNotEmpty() }
    }

    @Test
    fun `a rescue file for which there is no room says so and takes none`() {
        hands.enrol()
        val aside = File(hands.app.filesDir, "fieldbook.aside-1-0").apply { mkdirs() }
        File(aside, "fieldbook.db").writeBytes(ByteArray(1 shl 20))
        val place = File(hands.app.cacheDir, "rescue")
        SmallStorage(place, "64k").use {
            hands.press(hands.words(R.string.tab_settings))
            hands.scrollTo(hasText(hands.words(R.string.lost_hand_over)))
            hands.press(hands.words(R.string.lost_hand_over))
            hands.scrollTo(hasText(hands.words(R.string.trouble_storage_full)))
            assertEquals("nothing is left of it", emptyList<String>(), place.list().orEmpty().toList())
        }
    }

    @Test
    fun `a camera killed in the middle is opened again`() {
        hands.enrol()
        hands.press(hands.words(R.string.tab_find))
        hands.press(hasContentDescription(hands.words(R.string.scan_title)))
        hands.sees(hands.words(R.string.scan_torch_on))
        camera.dies()
        hands.sees(hands.words(R.string.camera_disconnected))
        hands.press(hands.words(R.string.scan_again))
        hands.sees(hands.words(R.string.scan_torch_on))
        camera.shows("龙田")
        hands.sees(hasTestTag("query") and hasText("龙田"))
        assertEquals(0, camera.open)

        hands.press(hasContentDescription(hands.words(R.string.scan_title)))
        camera.trouble = CameraTrouble.IN_USE
        camera.dies()
        hands.press(hands.words(R.string.scan_again))
        hands.sees(hands.words(R.string.camera_in_use))
        hands.press(hands.words(R.string.scan_type))
        hands.sees(hasTestTag("query") and hasText("龙田"))
    }

    @Test
    fun `refused for ever, the way leads to the settings, and typing always works`() {
        camera.trouble = CameraTrouble.NOT_ALLOWED
        hands.press(hands.words(R.string.scan_title))
        hands.sees(hands.words(R.string.camera_not_allowed))
        hands.press(hands.words(R.string.camera_allow))
        screen.waitForIdle()
        val asked = shadowOf(hands.activity).lastRequestedPermission
        assertEquals(listOf(android.Manifest.permission.CAMERA), asked.requestedPermissions.toList())
        hands.activity.runOnUiThread {
            val refused = intArrayOf(PackageManager.PERMISSION_DENIED)
            hands.activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, refused)
        }
        hands.press(hands.words(R.string.permission_settings))
        screen.waitForIdle()
        var started: Intent? = shadowOf(hands.activity).nextStartedActivity
        while (started != null && started.action != Settings.ACTION_APPLICATION_DETAILS_SETTINGS) {
            started = shadowOf(hands.activity).nextStartedActivity
        }
        assertEquals(hands.app.packageName, started?.data?.schemeSpecificPart)
        hands.press(hands.words(R.string.scan_type))
        hands.enrol()

        hands.app.fakeLocation.now.value = Standing.SwitchedOff
        openHazard()
        hands.press(hands.words(R.string.place_open_settings))
        screen.waitForIdle()
        assertEquals(Settings.ACTION_LOCATION_SOURCE_SETTINGS, shadowOf(hands.activity).nextStartedActivity.action)
    }

    @Test
    fun `with the storage full, records are saved and photos refused in clear words`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.app.fakeState.freeMib = 40
        openCamera()
        camera.pointsAt(Hands.jpeg())
        hands.press(hands.words(R.string.photo_shutter))
        hands.sees(hands.words(R.string.photo_no_room))
        hands.back()
        hands.back()
        hands.press(hands.words(R.string.tab_today))
        hands.scrollTo(hasText(hands.words(R.string.room_no_photos, 40)))
        val record = hands.hazard("满盘路")
        assertEquals(Custody.HERE, runBlocking { book.page(record) }.custody)
    }

    @Test
    fun `a clock that is three years off is said, and work goes on`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.app.clockOffsetMs = TimeUnit.DAYS.toMillis(3 * 365)
        val record = hands.hazard("旧钟路")
        hands.back()
        hands.sync()
        val days = hands.words(R.string.span_days, 3 * 365)
        hands.scrollTo(hasText(hands.words(R.string.clock_wrong, days)))
        assertEquals(Custody.RECEIVED, runBlocking { book.page(record) }.custody)
    }

    @Test
    fun `what is saved is handed in by a job of the system, without a hand`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val standing = checkNotNull(jobs.getPendingJob(SyncJobs.STANDING))
        assertTrue("kept over a restart", standing.isPersisted && standing.isPeriodic)
        assertEquals(TimeUnit.MINUTES.toMillis(15), standing.intervalMillis)
        assertNull(jobs.getPendingJob(SyncJobs.SOON))
        val record = hands.hazard("自动路", Hands.jpeg())
        assertNotNull("armed by the save", jobs.getPendingJob(SyncJobs.SOON))
        hands.scrollTo(hasText(hands.words(R.string.custody_here)))

        hands.app.locked = true
        assertEquals(false, runJob())
        val waits = notices.getNotification(Notices.WAITING)
        assertEquals(hands.words(R.string.notice_waits), shadowOf(waits).contentTitle)
        assertEquals(Custody.HERE, runBlocking { book.page(record) }.custody)

        hands.app.locked = false
        hands.app.fakeState.network = "cell"
        hands.app.services.choose(hands.app.services.chosen.copy(photosOnWifiOnly = true))
        assertEquals(false, runJob())
        val page = runBlocking { book.page(record) }
        assertEquals(Custody.RECEIVED, page.custody)
        assertEquals("the photo waits for Wi-Fi", listOf(false), page.photos.map { it.received })
        assertNull(notices.getNotification(Notices.WAITING))
        await { jobs.getPendingJob(SyncJobs.PHOTOS) != null }

        hands.back()
        hands.press(hands.words(R.string.tab_sync))
        hands.scrollTo(hasText("自动路", substring = true))
        hands.sees(hands.words(R.string.sync_photos_wifi), substring = true)
        hands.app.fakeState.network = "wifi"
        jobs.cancel(SyncJobs.PHOTOS)
        assertEquals(false, runJob())
        assertNull("nothing waits for another network", jobs.getPendingJob(SyncJobs.PHOTOS))
        assertEquals(listOf(true), runBlocking { book.page(record) }.photos.map { it.received })

        val stopped = Robolectric.buildService(SyncJob::class.java).create().get()
        stopped.onStartJob(null)
        assertTrue("the system may end it, and starts it again", stopped.onStopJob(null))
        val sync = runBlocking { hands.app.parts().sync }
        await { !sync.now.value.running }

        City.revoke(hands.rid(record))
        hands.hazard("停用路")
        runJob()
        await { notices.getNotification(Notices.NEEDS) != null }
        hands.app.services.choose(hands.app.services.chosen.copy(backgroundSync = false))
        assertTrue("nothing is left to run", jobs.allPendingJobs.isEmpty())
    }

    @Test
    fun `the built-in scanner answers a code's question as if it was typed`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        hands.fillHazard("扫码路")
        hands.press(hands.words(R.string.form_previous))
        hands.scrollTo(hasTestTag("organisation_code"))
        val code = "91440300708461136T"
        hands.app.sendBroadcast(Intent("nlscan.action.SCANNER_RESULT").putExtra("SCAN_BARCODE1", "$code\n"))
        hands.sees(hasTestTag("answer organisation_code") and hasText(code))

        hands.scrollTo(button("organisation_code", R.string.scan_title))
        hands.press(button("organisation_code", R.string.scan_title))
        hands.sees(hands.words(R.string.scan_torch_on))
        val other = "91440300192189783K"
        camera.shows(other)
        hands.scrollTo(hasTestTag("answer organisation_code") and hasText(other))
        await { runBlocking { book.drafts() }.isNotEmpty() }
    }

    @Test
    fun `a scanner that types is heard where no field has the keys`() {
        hands.enrol()
        hands.press(hands.words(R.string.tab_find))
        hands.sees(hasTestTag("query"))
        val keys = KeyCharacterMap.load(KeyCharacterMap.VIRTUAL_KEYBOARD).getEvents("440310\n".toCharArray())
        hands.activity.runOnUiThread { keys.forEach { hands.activity.dispatchKeyEvent(it) } }
        hands.sees(hasTestTag("query") and hasText("440310"))
    }

    @Test
    fun `the organisation sets policy, and the worker sees by whom`() {
        val set = Bundle().apply {
            putString("enrolment_code", City.worker("安"))
            putString("photos_on_wifi_only", "on")
        }
        val app = org.robolectric.RuntimeEnvironment.getApplication()
        val manager = app.getSystemService(Context.RESTRICTIONS_SERVICE) as RestrictionsManager
        shadowOf(manager).setApplicationRestrictions(set)
        hands.press(hands.words(R.string.enrol_send))
        hands.choosePin()
        hands.sees(hands.words(R.string.safe_never_pulled))
        hands.press(hands.words(R.string.tab_settings))
        hands.scrollTo(hasText(hands.words(R.string.settings_managed)))
        hands.sees("${hands.words(R.string.settings_wifi)}：${hands.words(R.string.settings_on)}")
        assertTrue(hands.app.services.chosen.photosOnWifiOnly)

        set.putString("language", "en")
        shadowOf(manager).setApplicationRestrictions(set)
        app.sendBroadcast(Intent(Intent.ACTION_APPLICATION_RESTRICTIONS_CHANGED))
        hands.sees("Settings")
        hands.scrollTo(hasText("Send diagnostics"))
        hands.press("Send diagnostics")
        screen.waitForIdle()
        val chooser = shadowOf(hands.activity).nextStartedActivity
        @Suppress("DEPRECATION")
        val sent = chooser.getParcelableExtra<Intent>(Intent.EXTRA_INTENT)?.getStringExtra(Intent.EXTRA_TEXT).orEmpty()
        assertTrue(sent, "changes waiting: 0" in sent && "安" !in sent)
    }

    @Test
    fun `a point waits for its accuracy, or is taken early and that is noted`() {
        hands.enrol()
        fun reading(accuracyM: Float) {
            val at = Reading(22.691, 114.347, accuracyM, true, false, System.currentTimeMillis())
            hands.app.fakeLocation.now.value = Standing.Here(at)
        }
        reading(31f)
        openHazard()
        hands.scrollTo(button("location", R.string.meter_take_early))
        hands.press(button("location", R.string.meter_take_early))
        hands.sees(hands.words(R.string.meter_taken_early, "31", 10))
        for (accuracy in listOf(9f, 8f, 7f, 6f)) {
            reading(accuracy)
            screen.waitForIdle()
        }
        hands.scrollTo(hasText(hands.words(R.string.meter_reached)))
        hands.scrollTo(button("location", R.string.form_point_take))
        hands.press(button("location", R.string.form_point_take))
        hands.scrollTo(hasText(hands.words(R.string.meter_taken, "3"), substring = true))
    }
}
