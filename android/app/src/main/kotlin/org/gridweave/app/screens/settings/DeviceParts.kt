package org.gridweave.app.screens.settings

import android.content.Intent
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.app.screens.record.fieldName
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.ChoiceRow
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.RoomNotice
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.openSystem
import org.gridweave.app.ui.words
import org.gridweave.platform.Chosen
import org.gridweave.platform.Health

/** How sync and photos are done. What the organisation sets is told and cannot be changed. */
internal fun LazyListScope.habits(state: SettingsState, choose: (Chosen) -> Unit) {
    val chosen = state.chosen
    val managed = state.managed
    item { Heading(stringResource(R.string.settings_sync)) }
    item {
        OnOff(R.string.settings_background, chosen.backgroundSync, managed.backgroundSync != null) {
            choose(chosen.copy(backgroundSync = it))
        }
    }
    item {
        OnOff(R.string.settings_wifi, chosen.photosOnWifiOnly, managed.photosOnWifiOnly != null) {
            choose(chosen.copy(photosOnWifiOnly = it))
        }
    }
    item { Heading(stringResource(R.string.settings_photos)) }
    item {
        OnOff(R.string.settings_watermark, chosen.watermark, managed.watermark != null) {
            choose(chosen.copy(watermark = it))
        }
    }
}

/** What was shown whole on this device, and why: the worker sees what a supervisor may ask about. */
internal fun LazyListScope.revealed(state: SettingsState) {
    item { Heading(stringResource(R.string.reveal_log)) }
    if (state.revealed.isEmpty()) item { Small(stringResource(R.string.reveal_log_none)) }
    items(state.revealed) { shown ->
        val name = state.types[shown.type].fieldName(shown.field)
        val why = shown.reason?.let { stringResource(it.words) }
        Small(listOfNotNull(cityTime(shown.atMs), name, why).joinToString(" · "))
    }
}

/** What the device says of itself, to look at and to send. */
internal fun LazyListScope.device(state: SettingsState) {
    item { Heading(stringResource(R.string.settings_device)) }
    state.health?.let { health ->
        item { RoomNotice(health.storageFreeMib) }
        item { HealthLine(health) }
    }
    val diagnostics = state.diagnostics ?: return
    item { Heading(stringResource(R.string.settings_diagnostics)) }
    item { Small(stringResource(R.string.settings_diagnostics_how)) }
    item {
        val context = LocalContext.current
        SideButton(stringResource(R.string.settings_share), Modifier.fillMaxWidth()) {
            val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, diagnostics)
            context.openSystem(Intent.createChooser(send, null))
        }
    }
    item { Card(modifier = Modifier.testTag("diagnostics")) { Small(diagnostics.trim()) } }
}

@Composable
private fun HealthLine(health: Health) {
    val parts = listOfNotNull(
        stringResource(R.string.settings_storage, health.storageFreeMib),
        health.battery?.let { stringResource(R.string.settings_battery, it) },
    )
    Small(parts.joinToString(" · "))
}

@Composable
private fun OnOff(name: Int, on: Boolean, managed: Boolean, choose: (Boolean) -> Unit) {
    val state = stringResource(if (on) R.string.settings_on else R.string.settings_off)
    if (managed) return Managed(stringResource(name), state)
    ChoiceRow("${stringResource(name)}：$state", on, toggles = true) { choose(!on) }
}

/** What the organisation set. */
@Composable
internal fun Managed(name: String, state: String) {
    Card {
        Text("$name：$state", style = MaterialTheme.typography.bodyLarge)
        Small(stringResource(R.string.settings_managed))
    }
}
