package org.gridweave.app

import android.os.SystemClock
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import org.gridweave.core.pinLimits

/**
 * Closes the screens behind the PIN when nobody has looked at them for long: the app left, or the display off.
 * The field book stays open in the process, so that sync goes on; [now] counts milliseconds and never goes back.
 */
class AutoLock(private val now: () -> Long = SystemClock::elapsedRealtime) {
    private val mutable = MutableStateFlow(false)
    private val mutableTimes = MutableStateFlow(0)
    private var leftAt: Long? = null

    /** Whether the PIN is asked before anything is shown. */
    val locked: StateFlow<Boolean> = mutable.asStateFlow()

    /** How often it locked. */
    val times: StateFlow<Int> = mutableTimes.asStateFlow()

    /** Nobody looks any more. */
    fun left() {
        leftAt = now()
    }

    /** Somebody looks again. */
    fun cameBack() {
        if (leftAt?.let { now() - it >= pinLimits.askedAfterMs } == true) {
            mutable.value = true
            mutableTimes.value++
        }
        leftAt = null
    }

    /**
     * The PIN was right that was typed when it had locked so often. One from before it locked again opens nothing: somebody
     * else may hold the phone by now.
     */
    fun unlocked(asked: Int) {
        if (asked == times.value) mutable.value = false
    }
}
