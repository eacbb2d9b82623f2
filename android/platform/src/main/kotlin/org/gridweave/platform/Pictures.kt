package org.gridweave.platform

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Matrix
import android.graphics.Paint
import android.media.ExifInterface
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlin.math.roundToInt

/** The longer edge of a kept picture, pixels: enough to read a door plate across a room. */
const val LONG_EDGE_PX = 2048

/**
 * What of a picture is kept. It is turned upright, its longer edge is at most [LONG_EDGE_PX], and it is a JPEG of
 * quality 85 without any metadata: where and when stands in the record's change, signed and in the organisation's
 * hands alone. A JPEG that fulfils all of it already is kept byte for byte. What the camera or another app gave is not
 * kept beside it.
 */
object Pictures {
    private const val QUALITY = 85

    /** The picture as it is kept, with the lines of [mark] drawn on it; none for bytes that are no picture. */
    fun prepare(bytes: ByteArray, mark: List<String> = emptyList()): ByteArray? {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
        val longest = maxOf(size.outWidth, size.outHeight)
        if (longest <= 0) return null
        if (mark.isEmpty() && longest <= LONG_EDGE_PX && isBare(bytes)) return bytes
        // Never more than four times as many pixels in memory as are kept.
        var sample = 1
        while (longest / (sample * 2) >= LONG_EDGE_PX) sample *= 2
        val options = BitmapFactory.Options().apply { inSampleSize = sample }
        val read = BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options) ?: return null
        val upright = upright(read, orientation(bytes))
        val kept = if (mark.isEmpty()) upright else marked(upright, mark)
        val out = ByteArrayOutputStream()
        kept.compress(Bitmap.CompressFormat.JPEG, QUALITY, out)
        setOf(read, upright, kept).forEach { it.recycle() }
        return out.toByteArray()
    }

    private fun orientation(bytes: ByteArray): Int = try {
        ExifInterface(ByteArrayInputStream(bytes))
            .getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL)
    } catch (_: IOException) {
        ExifInterface.ORIENTATION_NORMAL
    }

    private fun upright(read: Bitmap, orientation: Int): Bitmap {
        val matrix = Matrix()
        when (orientation) {
            ExifInterface.ORIENTATION_FLIP_HORIZONTAL -> matrix.postScale(-1f, 1f)
            ExifInterface.ORIENTATION_ROTATE_180 -> matrix.postRotate(180f)
            ExifInterface.ORIENTATION_FLIP_VERTICAL -> matrix.postScale(1f, -1f)
            ExifInterface.ORIENTATION_TRANSPOSE -> matrix.apply { postRotate(90f); postScale(-1f, 1f) }
            ExifInterface.ORIENTATION_ROTATE_90 -> matrix.postRotate(90f)
            ExifInterface.ORIENTATION_TRANSVERSE -> matrix.apply { postRotate(-90f); postScale(-1f, 1f) }
            ExifInterface.ORIENTATION_ROTATE_270 -> matrix.postRotate(-90f)
        }
        val shrink = LONG_EDGE_PX.toFloat() / maxOf(read.width, read.height)
        if (shrink < 1) matrix.postScale(shrink, shrink)
        return Bitmap.createBitmap(read, 0, 0, read.width, read.height, matrix, true)
    }

    /** Light letters on a dark band along the lower edge: to be read over anything. */
    private fun marked(picture: Bitmap, lines: List<String>): Bitmap {
        val marked = picture.copy(Bitmap.Config.ARGB_8888, true)
        val canvas = Canvas(marked)
        val letters = Paint(Paint.ANTI_ALIAS_FLAG).apply {
            color = Color.WHITE
            textSize = (minOf(marked.width, marked.height) / 28f).coerceAtLeast(10f)
        }
        val widest = lines.maxOf(letters::measureText)
        val room = marked.width - 2 * letters.textSize
        if (widest > room) letters.textSize *= room / widest
        val step = letters.textSize * 1.35f
        val top = marked.height - step * lines.size - letters.textSize / 2
        val band = Paint().apply { color = Color.argb(150, 0, 0, 0) }
        canvas.drawRect(0f, top, marked.width.toFloat(), marked.height.toFloat(), band)
        lines.forEachIndexed { at, line ->
            canvas.drawText(line, letters.textSize, (top + step * (at + 0.85f)).roundToInt().toFloat(), letters)
        }
        return marked
    }

    /** A whole JPEG file with nothing in it but the picture: no block of an app, no comment, nothing after its end. */
    internal fun isBare(bytes: ByteArray): Boolean {
        fun at(place: Int) = bytes[place].toInt() and 0xFF
        val end = bytes.size - 2
        if (bytes.size < 4 || at(0) != 0xFF || at(1) != SOI || at(end) != 0xFF || at(end + 1) != EOI) return false
        var place = 2
        while (place + 4 <= bytes.size && at(place) == 0xFF) {
            when (val marker = at(place + 1)) {
                // The picture itself: it must be the only one.
                SOS -> return (place + 2 until end).none { at(it) == 0xFF && at(it + 1) in setOf(SOI, EOI) }
                // Which colours are meant is part of the picture.
                APP2 -> if (!startsWith(bytes, place + 4, COLOURS)) return false
                in APP1..APP15, COM -> return false
                SOI, EOI -> return false
                else -> check(marker in 0..0xFF)
            }
            place += 2 + (at(place + 2) shl 8) + at(place + 3)
        }
        return false
    }

    private fun startsWith(bytes: ByteArray, place: Int, text: String) = place + text.length <= bytes.size &&
        text.indices.all { bytes[place + it] == text[it].code.toByte() }

    private const val COLOURS = "ICC_PROFILE"
    private const val SOI = 0xD8
    private const val EOI = 0xD9
    private const val SOS = 0xDA
    private const val APP1 = 0xE1
    private const val APP2 = 0xE2
    private const val APP15 = 0xEF
    private const val COM = 0xFE
}
