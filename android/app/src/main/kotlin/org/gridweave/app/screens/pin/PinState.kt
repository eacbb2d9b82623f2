package org.gridweave.app.screens.pin

import org.gridweave.core.Trouble
import org.gridweave.core.pinLimits

/** What the PIN is asked for. */
enum class PinTask { ENTER, SET, CHANGE }

/** What is typed now. */
enum class PinStep { CURRENT, NEW, AGAIN }

data class PinState(
    val task: PinTask,
    val step: PinStep,
    /** Digits typed so far; which ones, only the model knows. */
    val typed: Int = 0,
    val busy: Boolean = false,
    /** Seconds before the next PIN is looked at. */
    val waitS: Long = 0,
    /** Wrong ones that may still come; none where all are left. */
    val triesLeft: Int? = null,
    /** The second new PIN was another one. */
    val differed: Boolean = false,
    val done: Boolean = false,
    val trouble: Trouble? = null,
) {
    val mayGoOn get() = typed >= pinLimits.digitsLeast && !busy && waitS == 0L
}
