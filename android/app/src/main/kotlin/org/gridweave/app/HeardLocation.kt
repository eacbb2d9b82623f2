package org.gridweave.app

import android.os.SystemClock
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.onEach
import org.gridweave.platform.Location
import org.gridweave.platform.Standing

/** The receiver, overheard: the satellites' time goes to the field book, so that changes carry it. */
class HeardLocation(private val location: Location, private val hear: (Long) -> Unit) : Location by location {
    override fun standing(): Flow<Standing> = location.standing().onEach { standing ->
        val reading = (standing as? Standing.Here)?.reading ?: return@onEach
        val told = reading.gnssMs ?: return@onEach
        val age = (SystemClock.elapsedRealtimeNanos() - reading.elapsedNanos) / 1_000_000
        if (age in 0..OLD_MS) hear(told + age)
    }

    private companion object {
        const val OLD_MS = 10_000L
    }
}
