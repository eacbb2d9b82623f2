package org.gridweave.app.screens.scan

sealed interface ScanEvent {
    data object Torch : ScanEvent

    /** Opens the camera anew. */
    data object Again : ScanEvent

    /** The built-in scanner was quicker. */
    data class Heard(val code: String) : ScanEvent
}
