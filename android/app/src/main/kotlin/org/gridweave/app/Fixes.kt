package org.gridweave.app

import org.gridweave.core.Fix
import org.gridweave.platform.Standing
import kotlin.math.roundToInt

/** The reading as the core takes it; none while there is none. */
fun Standing.fix(): Fix? = (this as? Standing.Here)?.reading?.let {
    Fix(
        latE7 = (it.latitude * 1e7).roundToInt(),
        lonE7 = (it.longitude * 1e7).roundToInt(),
        accuracyDm = (it.accuracyM * 10).roundToInt(),
        satellites = it.satellites,
        mock = it.mock,
        atMs = it.atMs,
    )
}
