package org.gridweave.app.screens.settings

import org.gridweave.core.RecordType
import org.gridweave.core.Revealed
import org.gridweave.core.Trouble
import org.gridweave.platform.Chosen
import org.gridweave.platform.Health
import org.gridweave.platform.ManagedSettings

data class SettingsState(
    val chosen: Chosen,
    val version: String,
    /** What the organisation sets: shown, not to be changed. */
    val managed: ManagedSettings = ManagedSettings(),
    val health: Health? = null,
    /** How this device is doing, in lines to send. */
    val diagnostics: String? = null,
    /** What was shown whole on this device though it is masked, newest first. */
    val revealed: List<Revealed> = emptyList(),
    val types: Map<Int, RecordType> = emptyMap(),
    /** Field books that did not open and were set aside. */
    val aside: Int = 0,
    /** One of them is being packed. */
    val packing: Boolean = false,
    val trouble: Trouble? = null,
)
