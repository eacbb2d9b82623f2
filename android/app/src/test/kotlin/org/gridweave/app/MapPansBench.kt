package org.gridweave.app

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Path
import android.graphics.Picture
import org.gridweave.app.screens.map.MapPaints
import org.gridweave.app.screens.map.Ready
import org.gridweave.core.MapList
import org.gridweave.core.MapStanding
import org.gridweave.core.MapView
import org.gridweave.platform.Standing
import org.junit.Assume.assumeTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import kotlin.math.cos
import kotlin.math.sin
import kotlin.random.Random

/**
 * A benchmark, no test: what a drawn pan of the map costs with 5,000 records on a screen of 480 × 800, beside the same
 * shapes drawn straight on a Canvas from arrays that lie ready. Runs with `-Dtest=MapPansBench -Dbench` alone and prints
 * one line; nothing looks at the clock.
 */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [34])
class MapPansBench {
    private val random = Random(1)
    private val places = FloatArray(MARKS * 2) {
        if (it % 2 == 0) WIDTH + random.nextFloat() * WIDTH else HEIGHT + random.nextFloat() * HEIGHT
    }
    private val standings = ByteArray(MARKS) { at ->
        when (at % 20) {
            in 0..13 -> MapStanding.RECEIVED
            in 14..16 -> MapStanding.WAITING
            in 17..18 -> MapStanding.REFUSED
            else -> MapStanding.CONFLICT
        }.ordinal.toByte()
    }
    private val middle = MapView(226_900_000, 1_143_400_000, 0.5, WIDTH, HEIGHT)
    private val list = MapList(
        middle.copy(widthPx = WIDTH * 3, heightPx = HEIGHT * 3), emptyList(), places, standings, ByteArray(MARKS * 16), FloatArray(0),
    )
    private val paints = MapPaints(Color.BLACK, Color.BLUE, Color.MAGENTA, Color.RED, Color.WHITE, 1.5f)

    @Test
    fun pans() {
        assumeTrue("a benchmark runs where it is asked for", System.getProperty("bench") != null)
        val bitmap = Bitmap.createBitmap(WIDTH, HEIGHT, Bitmap.Config.ARGB_8888)
        val onto = { draw: (Canvas) -> Unit -> draw(Canvas(bitmap)) }
        val record = { draw: (Canvas) -> Unit -> Picture().run { draw(beginRecording(WIDTH, HEIGHT)); endRecording() } }
        val ready = Ready(list, emptySet())
        val straight = Straight()
        val told = listOf("drawn" to onto, "recorded" to record).joinToString(", ") { (name, canvas) ->
            // In turns, so that what else the machine does falls on both; the first hundred warm up.
            val (pans, floors) = (1..100 + PANS).map { at ->
                val (dx, dy) = 40 * cos(at / 10f) to 40 * sin(at / 10f)
                val view = middle.copy(
                    latE7 = middle.latE7 + (dy * 45).toInt(), lonE7 = middle.lonE7 - (dx * 49).toInt(),
                )
                us { canvas { ready.draw(it, view, Standing.Searching, paints) } } to us { canvas { straight.draw(it, dx, dy) } }
            }.drop(100).unzip()
            val (pan, floor) = pans.sorted()[PANS / 2] to floors.sorted()[PANS / 2]
            "\"${name}_us\": %.0f, \"${name}_floor_us\": %.0f, \"${name}_ratio\": %.2f".format(pan, floor, pan / floor)
        }
        println("{\"name\": \"pans\", \"n\": $PANS, \"marks\": $MARKS, $told}")
    }

    private fun us(what: () -> Unit): Double {
        val begun = System.nanoTime()
        what()
        return (System.nanoTime() - begun) / 1e3
    }

    /** The same shapes in the same order, ready to be drawn. */
    private inner class Straight {
        private val reach = paints.reach
        private val points = MapStanding.entries.associateWith { standing ->
            (0 until MARKS).filter { list.standing(it) == standing }
                .flatMap { listOf(places[2 * it] - WIDTH, places[2 * it + 1] - HEIGHT) }.toFloatArray()
        }
        private val crosses = points.getValue(MapStanding.REFUSED).toList().chunked(2).flatMap { (x, y) ->
            listOf(x - reach, y - reach, x + reach, y + reach, x - reach, y + reach, x + reach, y - reach)
        }.toFloatArray()
        private val diamonds = Path().apply {
            points.getValue(MapStanding.CONFLICT).toList().chunked(2).forEach { (x, y) ->
                moveTo(x, y - reach * 1.4f)
                lineTo(x + reach * 1.4f, y)
                lineTo(x, y + reach * 1.4f)
                lineTo(x - reach * 1.4f, y)
                close()
            }
        }

        fun draw(canvas: Canvas, dx: Float, dy: Float) {
            canvas.save()
            canvas.translate(dx, dy)
            for (standing in listOf(MapStanding.RECEIVED, MapStanding.WAITING)) {
                canvas.drawPoints(points.getValue(standing), paints.marks.getValue(standing))
            }
            canvas.drawLines(crosses, paints.marks.getValue(MapStanding.REFUSED))
            canvas.drawPath(diamonds, paints.marks.getValue(MapStanding.CONFLICT))
            canvas.restore()
        }
    }

    private companion object {
        const val WIDTH = 480
        const val HEIGHT = 800
        const val MARKS = 5_000
        const val PANS = 200
    }
}
