package org.gridweave.app.screens.photo

import org.gridweave.app.ui.CameraNow
import org.gridweave.core.Trouble

data class PhotoState(
    val camera: CameraNow = CameraNow.Starting,
    /** The light is on. */
    val torch: Boolean = false,
    /** How often the camera was opened. */
    val attempt: Int = 0,
    /** A picture is being taken or kept. */
    val busy: Boolean = false,
    /** The picture that was taken, kept in the field book by its hash; not yet used. */
    val taken: String? = null,
    val trouble: Trouble? = null,
)
