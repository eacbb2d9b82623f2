package org.gridweave.platform

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import android.os.StatFs
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flowOf

/** How the device is doing at one moment; [battery] in percent. */
data class Health(val network: String, val battery: Int?, val storageFreeMib: Int)

/** How the device is doing. */
interface DeviceState {
    /** `wifi`, `cell`, `wired` or `none`. */
    fun network(): String

    /** The network costs nothing by the byte. */
    fun unmetered(): Boolean = network() in setOf("wifi", "wired")

    /** Battery, percent, where it is known. */
    fun battery(): Int?

    /** Free storage, mebibytes. */
    fun storageFreeMib(): Int

    /** What this is, for the supervisor. */
    fun name(): String

    /** How it is doing, from now on: each change of network, battery or storage. */
    fun health(): Flow<Health> = flowOf(Health(network(), battery(), storageFreeMib()))
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

    override fun unmetered(): Boolean {
        val manager = context.getSystemService(ConnectivityManager::class.java)
        val can = manager.activeNetwork?.let(manager::getNetworkCapabilities) ?: return false
        return can.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
    }

    override fun battery(): Int? {
        val manager = context.getSystemService(BatteryManager::class.java)
        return manager.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY).takeIf { it in 0..100 }
    }

    override fun storageFreeMib(): Int {
        val free = StatFs(context.filesDir.path).availableBytes / (1024 * 1024)
        return free.coerceAtMost(Int.MAX_VALUE.toLong()).toInt()
    }

    override fun health(): Flow<Health> = callbackFlow {
        fun tell() {
            trySend(Health(network(), battery(), storageFreeMib()))
        }
        val manager = context.getSystemService(ConnectivityManager::class.java)
        val networks = object : ConnectivityManager.NetworkCallback() {
            override fun onCapabilitiesChanged(network: Network, can: NetworkCapabilities) = tell()

            override fun onLost(network: Network) = tell()
        }
        manager.registerDefaultNetworkCallback(networks)
        val receiver = object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) = tell()
        }
        @Suppress("DEPRECATION") // the system tells it still, and nothing else does
        val filter = IntentFilter(Intent.ACTION_BATTERY_CHANGED).apply {
            addAction(Intent.ACTION_DEVICE_STORAGE_LOW)
            addAction(Intent.ACTION_DEVICE_STORAGE_OK)
        }
        context.registerReceiver(receiver, filter)
        tell()
        awaitClose {
            context.unregisterReceiver(receiver)
            manager.unregisterNetworkCallback(networks)
        }
    }.conflate().distinctUntilChanged()

    override fun name() = "${Build.MANUFACTURER} ${Build.MODEL}, Android ${Build.VERSION.RELEASE}"
}
