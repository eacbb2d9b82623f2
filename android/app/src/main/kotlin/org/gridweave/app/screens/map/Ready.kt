package org.gridweave.app.screens.map

import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import org.gridweave.core.MapList
import org.gridweave.core.MapStanding
import org.gridweave.core.MapView
import org.gridweave.platform.Standing

/** Pens of the map, in the colours of the look; sizes in pixels of this screen. */
class MapPaints(ink: Int, received: Int, waiting: Int, bad: Int, ground: Int, density: Float) {
    val outline = pen(ink, 2 * density).apply { style = Paint.Style.STROKE }
    val name = pen(ink, 1f).apply { textSize = 14 * density; textAlign = Paint.Align.CENTER }
    val place = pen(received, 3 * density).apply { style = Paint.Style.STROKE }
    val spot = pen(received, 1f)
    val cell = pen(received, 1f)
    val count = pen(ground, 1f).apply { textSize = 14 * density; textAlign = Paint.Align.CENTER }
    val marks = mapOf(
        MapStanding.RECEIVED to pen(received, 10 * density).apply { strokeCap = Paint.Cap.ROUND },
        MapStanding.WAITING to pen(waiting, 12 * density).apply { strokeCap = Paint.Cap.SQUARE },
        MapStanding.REFUSED to pen(bad, 3 * density),
        MapStanding.CONFLICT to pen(bad, 1f).apply { style = Paint.Style.FILL },
    )
    /** A ring: begun and not closed. */
    val draft = pen(ink, 3 * density).apply { style = Paint.Style.STROKE }
    val reach = 7 * density

    private fun pen(color: Int, width: Float) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        this.color = color
        strokeWidth = width
    }
}

/** What the core gave, sorted by pen once, so that a pan draws arrays and decides nothing. */
class Ready(private val list: MapList, hidden: Set<MapStanding>, private val draftsHidden: Boolean = false) {
    private val points = MapStanding.entries.filter { it !in hidden }.associateWith { standing ->
        val marks = (0 until list.size).filter { list.standing(it) == standing }
        FloatArray(marks.size * 2) { list.places[marks[it / 2] * 2 + it % 2] }
    }
    private val outlines = list.outlines.map { outline ->
        Path().apply {
            for (at in outline.corners.indices step 2) {
                if (at == 0) moveTo(outline.corners[0], outline.corners[1]) else lineTo(outline.corners[at], outline.corners[at + 1])
            }
            close()
        }
    }
    private val moved = points.mapValues { FloatArray(it.value.size) }

    fun draw(canvas: Canvas, view: MapView, place: Standing, paints: MapPaints) {
        val shift = list.shift(view)
        canvas.save()
        canvas.translate(shift.dx, shift.dy)
        canvas.scale(shift.scale, shift.scale)
        outlines.forEach { canvas.drawPath(it, paints.outline) }
        canvas.restore()
        for ((at, outline) in list.outlines.withIndex()) name(canvas, shift, outline.corners, list.outlines[at].name, paints)
        here(canvas, view, place, paints)
        for ((standing, from) in points) {
            val to = moved.getValue(standing)
            for (at in from.indices step 2) {
                to[at] = from[at] * shift.scale + shift.dx
                to[at + 1] = from[at + 1] * shift.scale + shift.dy
            }
            marks(canvas, standing, to, paints)
        }
        cells(canvas, shift, paints)
        if (!draftsHidden) {
            for (draft in list.drafts) {
                canvas.drawCircle(draft.x * shift.scale + shift.dx, draft.y * shift.scale + shift.dy, paints.reach, paints.draft)
            }
        }
    }

    private fun marks(canvas: Canvas, standing: MapStanding, at: FloatArray, paints: MapPaints) {
        val pen = paints.marks.getValue(standing)
        val reach = paints.reach
        when (standing) {
            MapStanding.RECEIVED, MapStanding.WAITING -> canvas.drawPoints(at, pen)
            MapStanding.REFUSED -> for (n in at.indices step 2) {
                canvas.drawLine(at[n] - reach, at[n + 1] - reach, at[n] + reach, at[n + 1] + reach, pen)
                canvas.drawLine(at[n] - reach, at[n + 1] + reach, at[n] + reach, at[n + 1] - reach, pen)
            }
            MapStanding.CONFLICT -> {
                val diamonds = Path()
                for (n in at.indices step 2) {
                    diamonds.moveTo(at[n], at[n + 1] - reach * 1.4f)
                    diamonds.lineTo(at[n] + reach * 1.4f, at[n + 1])
                    diamonds.lineTo(at[n], at[n + 1] + reach * 1.4f)
                    diamonds.lineTo(at[n] - reach * 1.4f, at[n + 1])
                    diamonds.close()
                }
                canvas.drawPath(diamonds, pen)
            }
        }
    }

    private fun name(canvas: Canvas, shift: Shift, corners: FloatArray, name: String, paints: MapPaints) {
        if (corners.isEmpty()) return
        val x = (0 until corners.size step 2).map { corners[it] }.average().toFloat()
        val y = (1 until corners.size step 2).map { corners[it] }.average().toFloat()
        canvas.drawText(name, x * shift.scale + shift.dx, y * shift.scale + shift.dy, paints.name)
    }

    private fun cells(canvas: Canvas, shift: Shift, paints: MapPaints) {
        val cells = list.cells
        for (at in cells.indices step 3) {
            val (x, y) = cells[at] * shift.scale + shift.dx to cells[at + 1] * shift.scale + shift.dy
            canvas.drawCircle(x, y, paints.reach * 3, paints.cell)
            canvas.drawText("${cells[at + 2].toInt()}", x, y + paints.count.textSize / 3, paints.count)
        }
    }

    /** Where the device is, and how sure that is. */
    private fun here(canvas: Canvas, view: MapView, place: Standing, paints: MapPaints) {
        val reading = (place as? Standing.Here)?.reading ?: return
        val (x, y) = view.place(reading.latitude * 1e7, reading.longitude * 1e7)
        canvas.drawCircle(x, y, (reading.accuracyM / view.metresPerPx).toFloat().coerceAtLeast(paints.reach * 1.5f), paints.place)
        canvas.drawCircle(x, y, paints.reach, paints.spot)
    }
}
