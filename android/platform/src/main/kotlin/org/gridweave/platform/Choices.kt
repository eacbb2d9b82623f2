package org.gridweave.platform

import android.content.Context
import android.content.SharedPreferences

enum class Language { SYSTEM, CHINESE, ENGLISH }

enum class Look { SYSTEM, LIGHT, DARK, SUNLIGHT }

/** How the app is to look, and how it is to send. */
data class Chosen(
    val language: Language = Language.SYSTEM,
    val look: Look = Look.SYSTEM,
    val textPercent: Int = 100,
    /** Sync runs by itself. */
    val backgroundSync: Boolean = true,
    val photosOnWifiOnly: Boolean = false,
    /** Time, grid, name and accuracy are drawn on new pictures. */
    val watermark: Boolean = false,
) {
    /** What holds where the organisation has set something. */
    fun under(managed: ManagedSettings) = copy(
        language = managed.language ?: language,
        backgroundSync = managed.backgroundSync ?: backgroundSync,
        photosOnWifiOnly = managed.photosOnWifiOnly ?: photosOnWifiOnly,
        watermark = managed.watermark ?: watermark,
    )
}

/** What the person chose in the settings. */
interface Choices {
    var chosen: Chosen
}

/** Kept in the app's preferences; a word of another version counts as not chosen. */
class KeptChoices(context: Context) : Choices {
    private val kept: SharedPreferences = context.getSharedPreferences("choices", Context.MODE_PRIVATE)

    override var chosen: Chosen
        get() = Chosen(
            language = Language.entries.find { it.name == kept.getString(LANGUAGE, null) } ?: Language.SYSTEM,
            look = Look.entries.find { it.name == kept.getString(LOOK, null) } ?: Look.SYSTEM,
            textPercent = kept.getInt(TEXT, 100),
            backgroundSync = kept.getBoolean(BACKGROUND, true),
            photosOnWifiOnly = kept.getBoolean(WIFI, false),
            watermark = kept.getBoolean(WATERMARK, false),
        )
        set(value) = kept.edit()
            .putString(LANGUAGE, value.language.name)
            .putString(LOOK, value.look.name)
            .putInt(TEXT, value.textPercent)
            .putBoolean(BACKGROUND, value.backgroundSync)
            .putBoolean(WIFI, value.photosOnWifiOnly)
            .putBoolean(WATERMARK, value.watermark)
            .apply()

    private companion object {
        const val LANGUAGE = "language"
        const val LOOK = "look"
        const val TEXT = "text_percent"
        const val BACKGROUND = "background_sync"
        const val WIFI = "photos_on_wifi_only"
        const val WATERMARK = "watermark"
    }
}
