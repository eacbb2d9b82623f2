package org.gridweave.app.screens.conflicts

import org.gridweave.core.FieldKey
import org.gridweave.core.RevealReason

sealed interface ConflictsEvent {
    data class Choose(val field: FieldKey, val dot: String) : ConflictsEvent

    /** Takes the chosen value in the place of all that are on the screen. */
    data class Take(val field: FieldKey) : ConflictsEvent

    /** Shows what is masked of a field. */
    data class Reveal(val field: FieldKey, val reason: RevealReason) : ConflictsEvent
}
