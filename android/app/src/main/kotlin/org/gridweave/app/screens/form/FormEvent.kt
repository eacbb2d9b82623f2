package org.gridweave.app.screens.form

import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.ScreenName
import org.gridweave.core.Value

sealed interface FormEvent {
    data class Typed(val question: Question, val text: String) : FormEvent

    data class Answered(val field: FieldKey, val value: Value) : FormEvent

    /** Opens the choices of a question, or closes them. */
    data class Choosing(val field: FieldKey?) : FormEvent

    /** The code stands so on the original. */
    data class Confirmed(val field: FieldKey) : FormEvent

    data class PhotoAdded(val field: FieldKey, val uri: String) : FormEvent

    data class PhotoRemoved(val field: FieldKey, val hash: String) : FormEvent

    data class EntryAdded(val field: Int) : FormEvent

    data class EntryRemoved(val field: Int, val instance: ULong) : FormEvent

    data class TakePlace(val field: FieldKey) : FormEvent

    /** Location was allowed or refused just now. */
    data object LocationAsked : FormEvent

    data class Turn(val to: ScreenName) : FormEvent

    data class Save(val grid: String? = null) : FormEvent
}
