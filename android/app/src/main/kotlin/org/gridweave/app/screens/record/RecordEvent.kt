package org.gridweave.app.screens.record

sealed interface RecordEvent {
    /** The person stands before it and nothing has changed. */
    data object Visited : RecordEvent
}
