package org.gridweave.platform

import android.content.Context
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import android.os.StatFs

/** How the device is doing. */
interface DeviceState {
    /** `wifi`, `cell`, `wired` or `none`. */
    fun network(): String

    /** Battery, percent, where it is known. */
    fun battery(): Int?

    /** Free storage, mebibytes. */
    fun storageFreeMib(): Int

    /** What this is, for the supervisor. */
    fun name(): String
}

/** The device's own word. */
class SystemState(private val context: Context) : DeviceState {
    override fun network(): String {
        val manager = context.getSystemService(ConnectivityManager::class.java)
        val can = manager.activeNetwork?.let(manager::getNetworkCapabilities) ?: return "none"
        return when {
            can.hasTransport(NetworkCapabilities.TRANSPORT_WIFI) -> "wifi"
            can.hasTransport(NetworkCapabilities.TRANSPORT_CELLULAR) -> "cell"
            else -> "wired"
        }
    }

    override fun battery(): Int? {
        val manager = context.getSystemService(BatteryManager::class.java)
        return manager.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY).takeIf { it in 0..100 }
    }

    override fun storageFreeMib(): Int {
        val free = StatFs(context.filesDir.path).availableBytes / (1024 * 1024)
        return free.coerceAtMost(Int.MAX_VALUE.toLong()).toInt()
    }

    override fun name() = "${Build.MANUFACTURER} ${Build.MODEL}, Android ${Build.VERSION.RELEASE}"
}
