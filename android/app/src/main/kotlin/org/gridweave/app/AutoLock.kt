package org.gridweave.app

import android.os.SystemClock
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/**
 * Closes the screens behind the PIN when nobody has looked at them for five minutes: the app left, or the display off.
 * The field book stays open in the process, so that sync goes on; [now] counts milliseconds and never goes back.
 */
class AutoLock(private val now: () -> Long = SystemClock::elapsedRealtime) {
    private val mutable = MutableStateFlow(false)
    private var leftAt: Long? = null

    /** Whether the PIN is asked before anything is shown. */
    val locked: StateFlow<Boolean> = mutable.asStateFlow()

    /** Nobody looks any more. */
    fun left() {
        leftAt = now()
    }

    /** Somebody looks again. */
    fun cameBack() {
        if (leftAt?.let { now() - it >= AFTER_MS } == true) mutable.value = true
        leftAt = null
    }

    /** The PIN was right. */
    fun unlocked() {
        mutable.value = false
    }

    companion object {
        const val AFTER_MS = 5 * 60_000L
    }
}
