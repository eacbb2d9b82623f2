package org.gridweave.app.screens.scan

import org.gridweave.app.ui.CameraNow

data class ScanState(
    val camera: CameraNow = CameraNow.Starting,
    /** The light is on. */
    val torch: Boolean = false,
    /** How often the camera was opened. */
    val attempt: Int = 0,
    /** What was read; the screen has done its work then. */
    val found: String? = null,
)
