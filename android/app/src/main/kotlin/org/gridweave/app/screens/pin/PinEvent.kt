package org.gridweave.app.screens.pin

sealed interface PinEvent {
    data class Digit(val digit: Int) : PinEvent

    data object Erase : PinEvent

    data object GoOn : PinEvent
}
