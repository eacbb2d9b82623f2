package org.gridweave.app.screens.photo

sealed interface PhotoEvent {
    data object Shutter : PhotoEvent

    data object Torch : PhotoEvent

    data object Retake : PhotoEvent

    /** Opens the camera anew. */
    data object Again : PhotoEvent

    /** A picture of another app, in the place of one from the camera. */
    data class Picked(val uri: String) : PhotoEvent
}
