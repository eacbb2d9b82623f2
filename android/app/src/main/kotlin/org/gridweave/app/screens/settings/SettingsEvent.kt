package org.gridweave.app.screens.settings

import org.gridweave.platform.Chosen

sealed interface SettingsEvent {
    data class Choose(val chosen: Chosen) : SettingsEvent
}
