package org.gridweave.platform

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.media.ExifInterface
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** What of a picture is kept. Android's own decoder and encoder run here. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [26, 34], manifest = Config.NONE)
class PicturesTest {
    /** Red on the left, blue on the right. */
    private fun jpeg(width: Int, height: Int): ByteArray {
        val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(bitmap)
        canvas.drawColor(Color.RED)
        canvas.drawRect(width / 2f, 0f, width.toFloat(), height.toFloat(), Paint().apply { color = Color.BLUE })
        return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.JPEG, 90, it) }.toByteArray()
    }

    /** With a block as cameras write it: how it lies, by what it was made and where. */
    private fun tagged(jpeg: ByteArray, orientation: Int): ByteArray {
        val model = "PDA-of-somebody\u0000".toByteArray()
        val entries = 3
        val after = 8 + 2 + entries * 12 + 4
        val gps = after + model.size
        val tiff = ByteBuffer.allocate(gps + 2 + 2 * 12 + 4 + 24).order(ByteOrder.LITTLE_ENDIAN)
        fun entry(tag: Int, type: Int, count: Int, value: Int) {
            tiff.putShort(tag.toShort()).putShort(type.toShort()).putInt(count).putInt(value)
        }
        tiff.put("II".toByteArray()).putShort(42).putInt(8).putShort(entries.toShort())
        entry(0x0110, 2, model.size, after)
        entry(0x0112, 3, 1, orientation)
        entry(0x8825, 4, 1, gps)
        tiff.putInt(0).put(model).putShort(2)
        entry(0x0001, 2, 2, 'N'.code)
        entry(0x0002, 5, 3, gps + 2 + 2 * 12 + 4)
        tiff.putInt(0)
        for (part in listOf(22, 1, 41, 1, 2700, 100)) tiff.putInt(part)
        val body = "Exif\u0000\u0000".toByteArray() + tiff.array()
        val length = body.size + 2
        val block = byteArrayOf(-1, 0xE1.toByte(), (length shr 8).toByte(), length.toByte()) + body
        return jpeg.copyOf(2) + block + jpeg.copyOfRange(2, jpeg.size)
    }

    private fun read(bytes: ByteArray?): Bitmap = BitmapFactory.decodeByteArray(bytes, 0, bytes!!.size)

    private fun Bitmap.at(x: Float, y: Float) = getPixel((width * x).toInt(), (height * y).toInt())

    private fun isRed(colour: Int) = Color.red(colour) > 150 && Color.blue(colour) < 100

    private fun isBlue(colour: Int) = Color.blue(colour) > 150 && Color.red(colour) < 100

    @Test
    fun `a large picture is made as small as is kept`() {
        val kept = read(Pictures.prepare(jpeg(4100, 3000)))
        assertEquals(2048, kept.width)
        assertEquals(1498, kept.height)
        assertTrue(isRed(kept.at(0.2f, 0.5f)) && isBlue(kept.at(0.8f, 0.5f)))
    }

    private fun assertEquals(expected: Int, actual: Int) = assertTrue("$expected, not $actual", actual in expected - 1..expected + 1)

    @Test
    fun `a picture that lies on its side is put upright`() {
        val lying = tagged(jpeg(1200, 800), ExifInterface.ORIENTATION_ROTATE_90)
        val kept = read(Pictures.prepare(lying))
        assertEquals(800, kept.width)
        assertEquals(1200, kept.height)
        assertTrue("what was left is on top", isRed(kept.at(0.5f, 0.2f)) && isBlue(kept.at(0.5f, 0.8f)))
    }

    @Test
    fun `place, device and comments of the file are gone`() {
        val told = tagged(jpeg(800, 600), ExifInterface.ORIENTATION_NORMAL)
        assertTrue("PDA-of-somebody" in String(told, Charsets.ISO_8859_1))
        val kept = Pictures.prepare(told)!!
        assertFalse("PDA-of-somebody" in String(kept, Charsets.ISO_8859_1))
        val left = ExifInterface(ByteArrayInputStream(kept))
        for (tag in listOf(ExifInterface.TAG_GPS_LATITUDE, ExifInterface.TAG_MODEL)) assertNull(tag, left.getAttribute(tag))
        assertTrue(Pictures.isBare(kept))
    }

    @Test
    fun `what fulfils it all is kept byte for byte, unless something follows it`() {
        val bare = jpeg(1200, 900)
        assertTrue(Pictures.isBare(bare))
        assertArrayEquals(bare, Pictures.prepare(bare))
        val tail = bare + "a film and its sound".toByteArray()
        assertFalse("a film" in String(Pictures.prepare(tail)!!, Charsets.ISO_8859_1))
        val two = bare + bare
        assertTrue(Pictures.prepare(two)!!.size < two.size)
    }

    @Test
    fun `what is no picture is refused`() {
        assertNull(Pictures.prepare(ByteArray(0)))
        assertNull(Pictures.prepare("not a picture".toByteArray()))
        assertNull(Pictures.prepare(jpeg(100, 100).copyOf(20)))
    }

    @Test
    fun `the mark is drawn along the lower edge alone`() {
        val plain = jpeg(1200, 900)
        val marked = read(Pictures.prepare(plain, listOf("2026-09-21 08:30 · 六联一网格", "安 · ±4.5 m")))
        val before = read(plain)
        fun differ(y: Float) = (0..99).count { x ->
            val (a, b) = listOf(before, marked).map { it.at(x / 100f, y) }
            kotlin.math.abs(Color.red(a) - Color.red(b)) + kotlin.math.abs(Color.blue(a) - Color.blue(b)) > 60
        }
        assertTrue(differ(0.95f) > 50)
        assertTrue(differ(0.3f) == 0)
    }
}
