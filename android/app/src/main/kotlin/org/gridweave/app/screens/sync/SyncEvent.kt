package org.gridweave.app.screens.sync

sealed interface SyncEvent {
    data object Start : SyncEvent

    data object Cancel : SyncEvent

    /** Something outside the screen changed. */
    data object Look : SyncEvent
}
