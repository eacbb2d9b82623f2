package org.gridweave.app.screens.map

import org.gridweave.core.MapList
import org.gridweave.core.MapView

/** How what was drawn for one view lies in another: scaled, then moved. */
data class Shift(val scale: Float, val dx: Float, val dy: Float) {
    /** The place in what was drawn that lies at this place of the screen. */
    fun back(x: Float, y: Float) = (x - dx) / scale to (y - dy) / scale
}

/** Where this list lies in a view. */
fun MapList.shift(now: MapView): Shift {
    val scale = (view.metresPerPx / now.metresPerPx).toFloat()
    val (x, y) = now.place(view.latE7.toDouble(), view.lonE7.toDouble())
    return Shift(scale, x - view.widthPx / 2f * scale, y - view.heightPx / 2f * scale)
}

/** Whether it can be drawn for this view without a gap and without being coarse. */
fun MapList.covers(now: MapView): Boolean {
    val (scale, dx, dy) = shift(now)
    return scale in 0.71f..1.41f && dx <= 0 && dy <= 0 &&
        dx + view.widthPx * scale >= now.widthPx && dy + view.heightPx * scale >= now.heightPx
}
