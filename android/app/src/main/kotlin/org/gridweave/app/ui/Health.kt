package org.gridweave.app.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.core.Room
import org.gridweave.core.clockMisleads
import org.gridweave.core.roomIn
import kotlin.math.abs

/** Said where the storage runs low: before pictures are refused, and when they are. */
@Composable
fun RoomNotice(freeMib: Int) {
    when (roomIn(freeMib)) {
        Room.ENOUGH -> Unit
        Room.LOW -> Notice(stringResource(R.string.room_low, freeMib), bad = true)
        Room.NONE_FOR_PHOTOS -> Notice(stringResource(R.string.room_no_photos, freeMib), bad = true)
    }
}

/** Said where this device's clock was far from the server's at the last sync; nothing is refused for it. */
@Composable
fun ClockNotice(offsetMs: Long?) {
    if (offsetMs == null || !clockMisleads(offsetMs)) return
    Notice(stringResource(R.string.clock_wrong, span(abs(offsetMs.coerceAtLeast(-Long.MAX_VALUE)))), bad = true)
}

@Composable
private fun span(ms: Long): String {
    val minutes = ms / 60_000
    return when {
        minutes < 120 -> stringResource(R.string.span_minutes, minutes)
        minutes < 48 * 60 -> stringResource(R.string.span_hours, minutes / 60)
        else -> stringResource(R.string.span_days, minutes / (24 * 60))
    }
}
