package org.gridweave.app.screens.record

import org.gridweave.core.Page
import org.gridweave.core.RecordType
import org.gridweave.core.Trouble

data class RecordState(
    val page: Page? = null,
    val types: Map<Int, RecordType> = emptyMap(),
    val trouble: Trouble? = null,
)
