package org.gridweave.app.screens.today

sealed interface TodayEvent {
    /** Asks first. */
    data class Discard(val draft: Long) : TodayEvent

    data object KeepDraft : TodayEvent

    data class DiscardReally(val draft: Long) : TodayEvent
}
