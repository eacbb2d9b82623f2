package org.gridweave.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.PackageManager
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.Looper
import android.os.SystemClock
import android.provider.Settings
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.onStart
import kotlinx.coroutines.launch
import android.location.Location as AndroidLocation

/** Where the device is. */
interface Location {
    /** What is known of the place, from now on and while it is collected. */
    fun standing(): Flow<Standing>

    /** The developer options are on: with them, positions can be made up. */
    fun developerOptions(): Boolean = false
}

/** What is known of the place. */
sealed interface Standing {
    data object NotAllowed : Standing

    data object SwitchedOff : Standing

    data object Searching : Standing

    data class Here(val reading: Reading) : Standing
}

/** One reading of the receiver, as it gave it. */
data class Reading(
    val latitude: Double,
    val longitude: Double,
    val accuracyM: Float,
    val satellites: Boolean,
    val mock: Boolean,
    /** When, by the device's wall clock, which may be wrong. */
    val atMs: Long,
    /** When, in nanoseconds since the device started: the one time that nobody can set. */
    val elapsedNanos: Long = 0,
    /** What the satellites' clocks said; none for a reading of the network. */
    val gnssMs: Long? = null,
    /** Metres a second, where it is known. */
    val speedMps: Float? = null,
)

/** The receiver, through the framework alone. A device with a dead receiver still has the network's idea of the place. */
class DeviceLocation(private val context: Context) : Location {
    private val manager = context.getSystemService(LocationManager::class.java)

    override fun developerOptions() =
        Settings.Global.getInt(context.contentResolver, Settings.Global.DEVELOPMENT_SETTINGS_ENABLED, 0) != 0

    @OptIn(ExperimentalCoroutinesApi::class)
    override fun standing(): Flow<Standing> = switched().onStart { emit(Unit) }.flatMapLatest { readings() }

    /** The receiver was switched on or off in the system's settings. */
    private fun switched(): Flow<Unit> = callbackFlow {
        val receiver = object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) {
                trySend(Unit)
            }
        }
        context.registerReceiver(receiver, IntentFilter(LocationManager.PROVIDERS_CHANGED_ACTION))
        awaitClose { context.unregisterReceiver(receiver) }
    }

    /** What is told is of now: where nothing comes any more, the place is searched for. */
    @SuppressLint("MissingPermission") // asked first
    private fun readings(): Flow<Standing> = callbackFlow {
        val allowed = context.checkSelfPermission(Manifest.permission.ACCESS_FINE_LOCATION)
        val providers = PROVIDERS.filter { it in manager.allProviders && manager.isProviderEnabled(it) }
        if (allowed != PackageManager.PERMISSION_GRANTED || providers.isEmpty()) {
            trySend(if (allowed != PackageManager.PERMISSION_GRANTED) Standing.NotAllowed else Standing.SwitchedOff)
            awaitClose()
            return@callbackFlow
        }
        trySend(Standing.Searching)
        var last: Reading? = null
        val listener = listener { location ->
            val reading = location.reading() ?: return@listener
            if (reading.supersedes(last)) {
                last = reading
                trySend(Standing.Here(reading))
            }
        }
        providers.forEach { manager.requestLocationUpdates(it, EVERY_MS, 0f, listener, Looper.getMainLooper()) }
        val aging = launch {
            while (true) {
                delay(EVERY_MS)
                val age = SystemClock.elapsedRealtimeNanos() - (last ?: continue).elapsedNanos
                if (age > STALE_NANOS) {
                    last = null
                    send(Standing.Searching)
                }
            }
        }
        awaitClose {
            aging.cancel()
            manager.removeUpdates(listener)
        }
    }

    /** A satellite reading is not replaced by the network's before it is old. */
    private fun Reading.supersedes(last: Reading?) =
        last == null || satellites || !last.satellites || atMs - last.atMs > OLD_MS

    private companion object {
        val PROVIDERS = listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)
        const val EVERY_MS = 1_000L
        const val OLD_MS = 30_000L
        const val STALE_NANOS = 60_000_000_000L
    }
}

/** A reading without an accuracy says nothing, one that is no number less. */
private fun AndroidLocation.reading(): Reading? {
    val numbers = latitude.isFinite() && longitude.isFinite() && accuracy.isFinite() && accuracy >= 0
    if (!hasAccuracy() || !numbers) return null
    @Suppress("DEPRECATION") // the only one before Android 12
    val mock = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) isMock else isFromMockProvider
    val satellites = provider == LocationManager.GPS_PROVIDER
    return Reading(
        latitude,
        longitude,
        accuracy,
        satellites,
        mock,
        atMs = time,
        elapsedNanos = elapsedRealtimeNanos,
        gnssMs = time.takeIf { satellites && !mock },
        speedMps = if (hasSpeed()) speed else null,
    )
}

private fun listener(onLocation: (AndroidLocation) -> Unit) = object : LocationListener {
    override fun onLocationChanged(location: AndroidLocation) = onLocation(location)

    // Without default bodies before Android 11: the system calls them there.
    override fun onProviderEnabled(provider: String) = Unit

    override fun onProviderDisabled(provider: String) = Unit

    @Deprecated("Deprecated in Java")
    override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
}
