package org.gridweave.app.screens.settings

import org.gridweave.platform.Chosen

sealed interface SettingsEvent {
    data class Choose(val chosen: Chosen) : SettingsEvent

    /** Offers the sealed files of field books that were set aside to other apps. */
    data object HandOver : SettingsEvent
}
