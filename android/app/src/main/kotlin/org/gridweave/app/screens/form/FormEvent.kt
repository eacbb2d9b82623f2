package org.gridweave.app.screens.form

import org.gridweave.app.Answer
import org.gridweave.core.Code
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.RevealReason
import org.gridweave.core.ScreenName
import org.gridweave.core.Value

sealed interface FormEvent {
    data class Typed(val question: Question, val text: String) : FormEvent

    data class Answered(val field: FieldKey, val value: Value) : FormEvent

    /** Moves a date by so many days. */
    data class DayMoved(val field: FieldKey, val days: Int) : FormEvent

    /** Touches one of several choices. */
    data class Toggled(val field: FieldKey, val code: Code) : FormEvent

    /** Moves a number on its scale by so many steps. */
    data class Slid(val field: FieldKey, val by: Int) : FormEvent

    /** Moves a choice of a rank by so many places. */
    data class Ranked(val field: FieldKey, val code: Code, val by: Int) : FormEvent

    /** Opens a question on a page of its own, or closes it. */
    data class OwnPage(val field: FieldKey?) : FormEvent

    /** A finger signed: strokes of x and y in turns, as parts of the paper's size. */
    data class Signed(val field: FieldKey, val strokes: List<FloatArray>) : FormEvent

    /** Adds the place here to a line or an area. */
    data class PointAdded(val field: FieldKey) : FormEvent

    /** Begins a recording. */
    data class Record(val field: FieldKey) : FormEvent

    data object RecordingEnded : FormEvent

    /** Plays a question's recording, or none. */
    data class Play(val field: FieldKey?) : FormEvent

    data class PointRemoved(val field: FieldKey) : FormEvent

    /** The code stands so on the original. */
    data class Confirmed(val field: FieldKey) : FormEvent

    /** Shows a masked answer that the record brought along. */
    data class Reveal(val field: FieldKey, val reason: RevealReason) : FormEvent

    /** Answers anew what is masked, without seeing it. */
    data class Anew(val field: FieldKey) : FormEvent

    /** Leaves what is masked as it was. */
    data class AsItWas(val field: FieldKey) : FormEvent

    data class PhotoAdded(val field: FieldKey, val uri: String) : FormEvent

    /** Opens the camera to read a code. */
    data class Scan(val field: FieldKey) : FormEvent

    /** Opens the camera to take a photo. */
    data class Photograph(val field: FieldKey) : FormEvent

    /** A screen above came back with something. */
    data class Brought(val answer: Answer) : FormEvent

    /** The built-in scanner read a code. */
    data class Heard(val code: String) : FormEvent

    data class PhotoRemoved(val field: FieldKey, val hash: String) : FormEvent

    data class EntryAdded(val field: Int) : FormEvent

    data class EntryRemoved(val field: Int, val instance: ULong) : FormEvent

    data class TakePlace(val field: FieldKey) : FormEvent

    /** Location was allowed or refused just now. */
    data object LocationAsked : FormEvent

    data class Turn(val to: ScreenName) : FormEvent

    /** Goes on to its record, which may be restored there; to the list, where none is known. */
    data object Leave : FormEvent

    data class Save(val grid: String? = null) : FormEvent
}
