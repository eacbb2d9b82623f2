package org.gridweave.app.screens.conflicts

import org.gridweave.core.FieldKey
import org.gridweave.core.Page
import org.gridweave.core.RecordType
import org.gridweave.core.Row
import org.gridweave.core.Trouble
import org.gridweave.core.Words

data class ConflictsState(
    /** All records in conflict; none of them while one record is shown. */
    val rows: List<Row>? = null,
    /** The record whose conflicts are shown. */
    val page: Page? = null,
    val types: Map<Int, RecordType> = emptyMap(),
    /** The value that was touched, by its dot. */
    val chosen: Map<FieldKey, String> = emptyMap(),
    /** Masked fields that are shown whole: their values by dots. */
    val revealed: Map<FieldKey, Map<String, Words>> = emptyMap(),
    val trouble: Trouble? = null,
)
