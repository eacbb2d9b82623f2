package org.gridweave.app.screens.today

import org.gridweave.core.Logged

sealed interface TodayEvent {
    /** Asks first. */
    data class Discard(val draft: Long) : TodayEvent

    data object KeepDraft : TodayEvent

    /** Fills in anew what the server did not accept. */
    data class TakeUp(val refused: Logged) : TodayEvent

    /** The form that was taken up is open. */
    data object TakenUp : TodayEvent

    data class DiscardReally(val draft: Long) : TodayEvent
}
