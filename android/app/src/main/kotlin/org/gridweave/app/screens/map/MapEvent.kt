package org.gridweave.app.screens.map

import org.gridweave.core.MapStanding

sealed interface MapEvent {
    /** The map has this many pixels. */
    data class Sized(val width: Int, val height: Int) : MapEvent

    /** Moved by so many pixels and made larger about a point of the screen. */
    data class Moved(val dx: Float, val dy: Float, val zoom: Float, val x: Float, val y: Float) : MapEvent

    data class Zoomed(val by: Float) : MapEvent

    /** Goes where the device is. */
    data object Here : MapEvent

    data class Touched(val x: Float, val y: Float, val within: Float) : MapEvent

    /** What was touched has been seen. */
    data object Unpicked : MapEvent

    data class Shows(val standing: MapStanding) : MapEvent

    data object ShowsDrafts : MapEvent

    /** Draws what is of one type; all for none. */
    data class Only(val type: Int?) : MapEvent
}
