package org.gridweave.app.screens.find

import org.gridweave.core.ListFilter

sealed interface FindEvent {
    data class Typed(val query: String) : FindEvent

    /** Shows only what fits. */
    data class Only(val filter: ListFilter) : FindEvent

    /** The end of the list is seen. */
    data object More : FindEvent
}
