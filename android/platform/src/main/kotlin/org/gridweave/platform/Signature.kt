package org.gridweave.platform

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import java.io.ByteArrayOutputStream

/** What a finger wrote, as a picture: dark ink on white paper, twice as wide as high. */
object Signature {
    /** Width by height of the paper. */
    const val ASPECT = 2f
    private const val HEIGHT_PX = 500
    private const val INK_PX = 8f
    private const val QUALITY = 85

    /** A JPEG of [strokes]; each is x and y in turns, as parts of the paper's width and height. */
    fun jpeg(strokes: List<FloatArray>): ByteArray {
        val paper = Bitmap.createBitmap((HEIGHT_PX * ASPECT).toInt(), HEIGHT_PX, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(paper)
        canvas.drawColor(Color.WHITE)
        val ink = Paint(Paint.ANTI_ALIAS_FLAG).apply {
            color = Color.rgb(16, 24, 64)
            style = Paint.Style.STROKE
            strokeWidth = INK_PX
            strokeCap = Paint.Cap.ROUND
            strokeJoin = Paint.Join.ROUND
        }
        for (stroke in strokes) canvas.drawPath(path(stroke, paper.width.toFloat(), paper.height.toFloat()), ink)
        val out = ByteArrayOutputStream()
        paper.compress(Bitmap.CompressFormat.JPEG, QUALITY, out)
        paper.recycle()
        return out.toByteArray()
    }

    /** A stroke on paper of this size; one that only touches is a dot. */
    fun path(stroke: FloatArray, width: Float, height: Float): Path {
        val path = Path()
        if (stroke.size < 2) return path
        path.moveTo(stroke[0] * width, stroke[1] * height)
        // Never of no length: a cap is drawn on lines alone.
        if (stroke.size < 4) path.lineTo(stroke[0] * width + 0.1f, stroke[1] * height)
        for (at in 2 until stroke.size - 1 step 2) path.lineTo(stroke[at] * width, stroke[at + 1] * height)
        return path
    }
}
