package org.gridweave.platform

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.RestrictionsManager
import android.os.Build
import android.os.Bundle
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.distinctUntilChanged

/** What the organisation's management of devices sets; none where it leaves the choice to the person. */
data class ManagedSettings(
    /** Fills the enrolment screen. */
    val enrolmentCode: String? = null,
    val language: Language? = null,
    val photosOnWifiOnly: Boolean? = null,
    val backgroundSync: Boolean? = null,
    val watermark: Boolean? = null,
    /** The broadcast of this device's scanner. */
    val scanner: ScannerBroadcast? = null,
)

/** The organisation's settings. */
interface Managed {
    val now: ManagedSettings

    /** What is set, from now on. */
    fun settings(): Flow<ManagedSettings>
}

/** As the device's policy controller sets them; their names and kinds stand in `res/xml/app_restrictions.xml`. */
class DeviceManaged(private val context: Context) : Managed {
    private val manager = context.getSystemService(RestrictionsManager::class.java)

    override val now: ManagedSettings get() = read(manager?.applicationRestrictions ?: Bundle.EMPTY)

    override fun settings(): Flow<ManagedSettings> = callbackFlow {
        val receiver = object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) {
                trySend(now)
            }
        }
        val filter = IntentFilter(Intent.ACTION_APPLICATION_RESTRICTIONS_CHANGED)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.registerReceiver(receiver, filter, Context.RECEIVER_NOT_EXPORTED)
        } else {
            context.registerReceiver(receiver, filter)
        }
        trySend(now)
        awaitClose { context.unregisterReceiver(receiver) }
    }.distinctUntilChanged()

    private fun read(set: Bundle): ManagedSettings {
        fun text(name: String) = set.getString(name)?.trim()?.ifEmpty { null }
        fun choice(name: String) = when (text(name)) {
            "on" -> true
            "off" -> false
            else -> null
        }
        return ManagedSettings(
            enrolmentCode = text("enrolment_code"),
            language = when (text("language")) {
                "zh" -> Language.CHINESE
                "en" -> Language.ENGLISH
                else -> null
            },
            photosOnWifiOnly = choice("photos_on_wifi_only"),
            backgroundSync = choice("background_sync"),
            watermark = choice("watermark"),
            scanner = text("scanner_action")?.let { ScannerBroadcast(it, listOf(text("scanner_extra") ?: "data")) },
        )
    }
}
