package org.gridweave.app.screens.form

import org.gridweave.core.Average
import org.gridweave.core.Duplicates
import org.gridweave.core.FieldKey
import org.gridweave.core.Grid
import org.gridweave.core.Look
import org.gridweave.core.Problem
import org.gridweave.core.Question
import org.gridweave.core.Trouble
import org.gridweave.platform.RecorderTrouble
import org.gridweave.platform.Standing

data class FormState(
    val look: Look? = null,
    val editing: Boolean = false,
    /** The record has left this device's grids. */
    val left: Boolean = false,
    /** Texts under the fingers; what the core holds follows them. */
    val typed: Map<FieldKey, String> = emptyMap(),
    /** Masked questions that are being answered anew. */
    val anew: Set<FieldKey> = emptySet(),
    /** Of the typed texts, the ones that no answer can be read from. */
    val unreadable: Set<FieldKey> = emptySet(),
    /** Fields that hold an identity code, with the name of its scheme. */
    val schemes: Map<Int, String> = emptyMap(),
    val duplicates: Map<FieldKey, Duplicates> = emptyMap(),
    /** The question that fills the screen: with its choices, its line, its signature. */
    val ownPage: FieldKey? = null,
    /** The question that is being recorded. */
    val recording: FieldKey? = null,
    /** The question whose recording is heard. */
    val playing: FieldKey? = null,
    val recorderTrouble: RecorderTrouble? = null,
    /** What is missing is said where the person has been already. */
    val sayMissing: Boolean = false,
    val standing: Standing = Standing.Searching,
    /** What the readings so far make of the place. */
    val meter: Average? = null,
    /** How accurate the points were that were taken on this form, decimetres. */
    val taken: Map<FieldKey, Int> = emptyMap(),
    val developerOptions: Boolean = false,
    /** To be chosen from, as the place lies in none. */
    val grids: List<Grid> = emptyList(),
    val saving: Boolean = false,
    val draft: Long? = null,
    /** Why the draft is behind what was typed last. */
    val unkeptBecause: Trouble? = null,
    /** Steps that are not in the draft yet. */
    val unkept: Int = 0,
    /** The record, once saved. */
    val saved: String? = null,
    val trouble: Trouble? = null,
) {
    /** It is saved without what came too late: that is read before one goes on. */
    val late: Boolean get() = saved != null && trouble?.code == TOO_LATE

    /** The problems to be shown at a question now. */
    fun problemsOf(question: Question): List<Problem> =
        question.problems.filter { sayMissing || it.code !in MISSING }

    companion object {
        const val TOO_LATE = "too_late"
        private val MISSING = setOf("required", "photos")
    }
}
