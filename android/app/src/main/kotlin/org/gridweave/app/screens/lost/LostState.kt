package org.gridweave.app.screens.lost

import org.gridweave.core.Trouble

/** Why the field book does not open, and what was done about it. [code] is a trouble's code, or `pin_forgotten`. */
data class LostState(
    val code: String,
    /** The part packed so far, 0 to 1, while the rescue file is made. */
    val packing: Float? = null,
    /** Asked once more before a new one is made. */
    val sure: Boolean = false,
    val trouble: Trouble? = null,
)
