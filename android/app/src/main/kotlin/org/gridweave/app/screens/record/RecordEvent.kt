package org.gridweave.app.screens.record

import org.gridweave.core.Code
import org.gridweave.core.Draft
import org.gridweave.core.FieldKey
import org.gridweave.core.RevealReason

sealed interface RecordEvent {
    /** The person stands before it and nothing has changed. */
    data object Visited : RecordEvent

    /** Begins an edit; where one was put aside, asks whether it goes on. */
    data object Edit : RecordEvent

    /** Goes on with the edit that was put aside, or begins anew. */
    data class GoOn(val draft: Draft?) : RecordEvent

    /** Neither goes on with it nor begins anew. */
    data object NotEdited : RecordEvent

    /** The form is open. */
    data object Opened : RecordEvent

    /** Asks why it is gone, or leaves that. */
    data class AskGone(val asking: Boolean) : RecordEvent

    /** It is gone, for this reason. */
    data class Gone(val reason: Code) : RecordEvent

    /** It is there after all. */
    data object Restored : RecordEvent

    /** Looks at a photo whole, or no longer. */
    data class LookAt(val photo: String?) : RecordEvent

    /** Shows what is masked of a field. */
    data class Reveal(val field: FieldKey, val reason: RevealReason) : RecordEvent
}
