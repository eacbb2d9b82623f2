package org.gridweave.core

import org.gridweave.ffi.Provider
import org.gridweave.ffi.averageFixes

/** A point averaged by the core: how many readings it is made of, and how many were left out. */
data class Average(val fix: Fix, val used: Int, val rejected: Int)

/** One point out of the readings of a device that stands still, in the order they came; none of none. */
fun average(readings: List<Fix>): Average? = averageFixes(readings.map { it.theirs() })?.let { told ->
    val fix = Fix(
        latE7 = told.fix.point.latE7,
        lonE7 = told.fix.point.lonE7,
        accuracyDm = told.fix.accuracyDm.toInt(),
        satellites = told.fix.provider == Provider.Gnss,
        mock = told.fix.mock,
        atMs = told.fix.atMs,
    )
    Average(fix, told.used.toInt(), told.rejected.toInt())
}
