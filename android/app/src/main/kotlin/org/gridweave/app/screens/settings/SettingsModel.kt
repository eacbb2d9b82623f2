package org.gridweave.app.screens.settings

import android.content.Intent
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.lost.packed
import org.gridweave.core.Trouble
import org.gridweave.platform.Chosen
import org.gridweave.platform.Rescue

/** What the device says of itself. The choices are the activity's, as it has to draw with them. */
class SettingsModel(private val parts: Parts, private val rescue: Rescue, private val share: (Intent) -> Unit) :
    Model<SettingsState, SettingsEvent>(SettingsState(parts.services.chosen, parts.version)) {
    init {
        viewModelScope.launch { parts.device.health().collect { health -> change { it.copy(health = health) } } }
        viewModelScope.launch {
            parts.services.managed.settings().collect { managed -> change { it.copy(managed = managed) } }
        }
    }

    override fun SettingsState.with(trouble: Trouble) = copy(packing = false, trouble = trouble)

    override fun on(event: SettingsEvent) {
        if (event == SettingsEvent.HandOver && !now.packing) work {
            change { it.copy(packing = true, trouble = null) }
            val packed = rescue.packed(withContext(Dispatchers.IO) { rescue.aside() })
            change { it.copy(packing = false) }
            share(rescue.offer(packed))
        }
    }

    override fun look() {
        work {
            val text = parts.book.diagnostics(about(parts.services.chosen))
            val aside = withContext(Dispatchers.IO) { rescue.aside().size }
            val (revealed, types) = parts.book.revealed(REVEALED) to parts.book.types()
            change {
                it.copy(diagnostics = text, aside = aside, revealed = revealed, types = types, trouble = null)
            }
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

    private companion object {
        /** So many of the things that were shown whole are listed. */
        const val REVEALED = 20
    }
}
