package org.gridweave.app

import android.graphics.Bitmap
import kotlinx.coroutines.runBlocking
import org.gridweave.core.Custody
import org.gridweave.core.Stage
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.annotation.Config
import java.io.ByteArrayOutputStream
import java.util.Random

/** The real app over networks as they are in the street, and with people at the centre. */
class NetworkStoriesTest : Story() {
    @Test
    fun `over a network that cuts and loses answers everything arrives once`() = BadNetwork().use { network ->
        hands.enrol(url = network.url)
        hands.app.fakeLocation.found()
        val records = (1..3).map { at -> hands.hazard("泥石巷$at", Hands.jpeg(at)).also { hands.back() } }
        network.rate(0.5)
        hands.syncUntilSealed()
        assertTrue("the network was bad", network.faults() > 0)
        network.rate(0.0)
        Colleague("白").use { bai ->
            for ((at, record) in records.withIndex()) {
                val page = runBlocking { book.page(record) }
                assertEquals(Custody.RECEIVED, page.custody)
                assertEquals(listOf(true), page.photos.map { it.received })
                assertEquals("once", listOf(record), runBlocking { bai.book.find("泥石巷${at + 1}") }.rows.map { it.record })
            }
        }
    }

    @Test
    fun `a network lost in the middle of the photos says so and the next run goes on`() = BadNetwork().use { network ->
        hands.enrol(url = network.url)
        hands.app.fakeLocation.found()
        val record = hands.hazard("望牛岗路", grain(0))
        runBlocking {
            book.startForm(8, record).use { form ->
                val asked = form.look(null).questions.first { it.item == "photos" }
                for (seed in 1..9) form.addPhoto(asked.key!!, book.addPhoto(grain(seed)))
                form.save(null, null)
            }
        }
        val parts = runBlocking { hands.app.parts() }
        hands.back()
        hands.press(hands.words(R.string.tab_sync))
        hands.press(hands.words(R.string.sync_start))
        hands.during { parts.sync.now.value.progress?.takeIf { it.stage == Stage.PHOTOS && it.done > 0 } != null }
        network.offline()
        hands.sees(hands.words(R.string.sync_start))
        val sent = runBlocking { book.page(record) }.photos.count { it.received == true }
        assertTrue("cut in the middle: $sent of 10", sent in 1..9)
        hands.press(hands.words(R.string.tab_today))
        hands.sees(hands.words(R.string.safe_open, 0, 10 - sent))
        network.online()
        hands.syncUntilSealed()
        assertTrue(runBlocking { book.page(record) }.photos.all { it.received == true })
    }

    @Test
    fun `a conflict that a second device made is settled by a supervisor and both follow`() {
        hands.enrol()
        hands.app.fakeLocation.found()
        val record = hands.hazard("兰竹路", Hands.jpeg())
        hands.back()
        hands.sync()
        Colleague("白").use { bai ->
            dispute(record, bai)
            hands.press(hands.words(R.string.tab_today))
            hands.sees(hands.words(R.string.today_conflicts, 1))
            val field = runBlocking { book.page(record) }.fields.single { it.inConflict }.key.no
            City.settle(record, field, "井盖缺失")

            hands.sync()
            hands.press(hands.words(R.string.tab_today))
            hands.sees(hands.words(R.string.today_all_clear))
            bai.sync()
            assertEquals(listOf("井盖缺失"), bai.texts(record, "description"))
            assertEquals(0, runBlocking { bai.book.conflicts() }.size)
        }
    }

    /** A picture that no codec makes small, about a megabyte. */
    private fun grain(seed: Int): ByteArray {
        val random = Random(seed.toLong())
        val bitmap = Bitmap.createBitmap(IntArray(900 * 700) { random.nextInt() or (0xFF shl 24) }, 900, 700, Bitmap.Config.ARGB_8888)
        return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.JPEG, 95, it) }.toByteArray()
    }
}
