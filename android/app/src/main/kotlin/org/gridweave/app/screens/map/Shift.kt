package org.gridweave.app.screens.map

import org.gridweave.core.MapList
import org.gridweave.core.MapView
import kotlin.math.cos

/** How what was drawn for one view lies in another: scaled, then moved. */
data class Shift(val scale: Float, val dx: Float, val dy: Float) {
    /** The place in what was drawn that lies at this place of the screen. */
    fun back(x: Float, y: Float) = (x - dx) / scale to (y - dy) / scale
}

private const val METRES = 111_319.490_793

/** Where this list lies in a view. */
fun MapList.shift(now: MapView): Shift {
    val scale = view.metresPerPx / now.metresPerPx
    val perDegree = METRES * cos(Math.toRadians(now.latE7 / 1e7))
    val east = (view.lonE7 - now.lonE7) / 1e7 * perDegree / now.metresPerPx
    val south = (now.latE7 - view.latE7) / 1e7 * METRES / now.metresPerPx
    return Shift(
        scale.toFloat(),
        (now.widthPx / 2.0 + east - view.widthPx / 2.0 * scale).toFloat(),
        (now.heightPx / 2.0 + south - view.heightPx / 2.0 * scale).toFloat(),
    )
}

/** Whether it can be drawn for this view without a gap and without being coarse. */
fun MapList.covers(now: MapView): Boolean {
    val (scale, dx, dy) = shift(now)
    return scale in 0.71f..1.41f && dx <= 0 && dy <= 0 &&
        dx + view.widthPx * scale >= now.widthPx && dy + view.heightPx * scale >= now.heightPx
}
