package org.gridweave.app

import android.content.Context
import android.content.res.Configuration
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.merge
import org.gridweave.platform.Camera
import org.gridweave.platform.Choices
import org.gridweave.platform.Chosen
import org.gridweave.platform.DeviceState
import org.gridweave.platform.Frame
import org.gridweave.platform.KeyWedge
import org.gridweave.platform.Language
import org.gridweave.platform.Managed
import org.gridweave.platform.Recorder
import org.gridweave.platform.Scanner
import java.util.Locale

/** What the device offers beside the field book; there before it is open. [decode] reads a code off a frame. */
class Services(
    val camera: Camera,
    val recorder: Recorder,
    scanner: Scanner,
    val managed: Managed,
    val choices: Choices,
    val device: DeviceState,
    val jobs: SyncJobs,
    val notices: Notices,
    val decode: (Frame) -> String?,
) {
    private val typed = MutableSharedFlow<String>(extraBufferCapacity = 1)

    /** Codes of the built-in scanner, however it tells them, while they are collected. */
    val codes: Flow<String> = merge(scanner.codes(), typed)

    /** Takes the keys of a scanner that types. */
    val wedge = KeyWedge { typed.tryEmit(it) }

    /** Somebody wants codes now. */
    val codesWanted get() = typed.subscriptionCount.value > 0

    /** What holds now: the person's choice, under what the organisation sets. */
    val chosen: Chosen get() = choices.chosen.under(managed.now)

    /** Keeps what the person chose; what the organisation sets stays as it was chosen before. */
    fun choose(new: Chosen) {
        val own = choices.chosen
        val set = managed.now
        choices.chosen = new.copy(
            language = if (set.language == null) new.language else own.language,
            backgroundSync = if (set.backgroundSync == null) new.backgroundSync else own.backgroundSync,
            photosOnWifiOnly = if (set.photosOnWifiOnly == null) new.photosOnWifiOnly else own.photosOnWifiOnly,
            watermark = if (set.watermark == null) new.watermark else own.watermark,
        )
        jobs.arm(chosen)
    }

    /** Whether photos may be sent over the network that is there. */
    fun photosNow() = !chosen.photosOnWifiOnly || device.network() in setOf("wifi", "wired") || device.unmetered()
}

/** The same in the language of the screens. */
fun Context.speaking(language: Language): Context {
    val locale = when (language) {
        Language.SYSTEM -> return this
        Language.CHINESE -> Locale.SIMPLIFIED_CHINESE
        Language.ENGLISH -> Locale.ENGLISH
    }
    val configuration = Configuration(resources.configuration)
    configuration.setLocale(locale)
    return createConfigurationContext(configuration)
}
