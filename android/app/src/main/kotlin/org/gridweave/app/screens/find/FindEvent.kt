package org.gridweave.app.screens.find

sealed interface FindEvent {
    data class Typed(val query: String) : FindEvent
}
