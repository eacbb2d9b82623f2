package org.gridweave.app.screens.enrol

sealed interface EnrolEvent {
    data class Typed(val code: String) : EnrolEvent

    data object Send : EnrolEvent

    /** Asks whether a supervisor has confirmed. */
    data object Ask : EnrolEvent
}
