package org.gridweave.app.screens.sync

sealed interface SyncEvent {
    data object Start : SyncEvent

    data object Cancel : SyncEvent
}
