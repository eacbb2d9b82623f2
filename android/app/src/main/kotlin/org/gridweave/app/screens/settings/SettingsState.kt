package org.gridweave.app.screens.settings

import org.gridweave.platform.Chosen

data class SettingsState(val chosen: Chosen, val version: String)
