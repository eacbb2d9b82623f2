package org.gridweave.app

import org.gridweave.core.Average
import org.gridweave.core.Fix
import org.gridweave.core.average
import org.gridweave.platform.Standing

/** Gathers readings while the device stands still; the core makes one point of them. */
class Meter {
    private val readings = ArrayDeque<Fix>()

    /** The point so far; none while there is no reading. */
    var now: Average? = null
        private set

    /** What was read so far is not of the next place. */
    fun forget() {
        readings.clear()
        now = null
    }

    /** One more thing was told of the place. */
    fun hear(standing: Standing) {
        val reading = (standing as? Standing.Here)?.reading
        val fix = standing.fix()
        if (reading == null || fix == null) {
            forget()
            return
        }
        // Who walks has left the place that the earlier readings are of; who was away for long, too.
        val walks = (reading.speedMps ?: 0f) > WALK_MPS
        val last = readings.lastOrNull()
        if (walks || (last != null && fix.atMs - last.atMs !in 0..GAP_MS)) readings.clear()
        readings.addLast(fix)
        if (readings.size > READINGS_MAX) readings.removeFirst()
        now = average(readings.toList())
    }

    private companion object {
        const val WALK_MPS = 1f
        const val GAP_MS = 30_000L
        const val READINGS_MAX = 60
    }
}
