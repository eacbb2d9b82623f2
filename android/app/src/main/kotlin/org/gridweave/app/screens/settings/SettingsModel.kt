package org.gridweave.app.screens.settings

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.launch
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.Trouble
import org.gridweave.platform.Chosen

/** What the device says of itself. The choices are the activity's, as it has to draw with them. */
class SettingsModel(private val parts: Parts) :
    Model<SettingsState, Nothing>(SettingsState(parts.services.chosen, parts.version)) {
    init {
        viewModelScope.launch { parts.device.health().collect { health -> change { it.copy(health = health) } } }
        viewModelScope.launch {
            parts.services.managed.settings().collect { managed -> change { it.copy(managed = managed) } }
        }
    }

    override fun SettingsState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun on(event: Nothing) = Unit

    override fun look() {
        work {
            val text = parts.book.diagnostics(about(parts.services.chosen))
            change { it.copy(diagnostics = text, trouble = null) }
        }
    }

    private fun about(chosen: Chosen): List<String> {
        val device = parts.device
        return listOf(
            parts.version,
            device.name(),
            "network ${device.network()}, battery ${device.battery()}, free ${device.storageFreeMib()} MiB",
            "background ${chosen.backgroundSync}, wifi only ${chosen.photosOnWifiOnly}, mark ${chosen.watermark}",
            "language ${chosen.language}, look ${chosen.look}, text ${chosen.textPercent}",
            "notifications ${parts.services.notices.allowed}",
        )
    }
}
