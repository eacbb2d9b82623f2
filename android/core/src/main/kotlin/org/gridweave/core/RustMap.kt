package org.gridweave.core

import org.gridweave.ffi.movedView
import org.gridweave.ffi.geoUri as ffiGeoUri
import org.gridweave.ffi.scaleBar as ffiScaleBar

/** Dragged by so many pixels and drawn [zoom] times as large about a point, which stays under the fingers. */
fun MapView.moved(dx: Float, dy: Float, zoom: Float, x: Float, y: Float): MapView =
    movedView(theirs(), dx, dy, zoom, x, y).ours()

/** The longest round length that is not longer than so many pixels. */
fun MapView.scaleBar(maxPx: Float): ScaleBar = ffiScaleBar(theirs(), maxPx).let { ScaleBar(it.metres.toInt(), it.px) }

/** The URI that has the app of a package show this place, in the datum that it reads; none where that is not known. */
fun Spot.geoUri(app: String): String? = ffiGeoUri(point, app)
