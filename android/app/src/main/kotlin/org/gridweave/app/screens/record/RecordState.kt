package org.gridweave.app.screens.record

import org.gridweave.app.Place
import org.gridweave.core.Choice
import org.gridweave.core.Draft
import org.gridweave.core.FieldKey
import org.gridweave.core.Page
import org.gridweave.core.RecordType
import org.gridweave.core.Trouble
import org.gridweave.core.Words

data class RecordState(
    val page: Page? = null,
    val types: Map<Int, RecordType> = emptyMap(),
    /** Masked fields that are shown whole: their values by dots. */
    val revealed: Map<FieldKey, Map<String, Words>> = emptyMap(),
    /** Whether it was said here that somebody visited it and that nothing changed. */
    val visited: Boolean = false,
    /** The edit that was put aside and may go on; none while nobody asks. */
    val draft: Draft? = null,
    /** The form to be opened. */
    val open: Place? = null,
    /** Why it may be gone; none while nobody asks. */
    val reasons: List<Choice>? = null,
    /** The photo that fills the screen. */
    val photo: String? = null,
    /** How far this device is from the record's place now, metres. */
    val awayM: Int? = null,
    val trouble: Trouble? = null,
)
