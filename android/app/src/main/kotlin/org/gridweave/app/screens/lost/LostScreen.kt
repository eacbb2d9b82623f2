package org.gridweave.app.screens.lost

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.words

/** The field book does not open. Nothing is deleted; what can be done is one touch each. */
@Composable
fun LostScreen(state: LostState, on: (LostEvent) -> Unit, back: (() -> Unit)? = null) {
    Page(
        stringResource(R.string.lost_title),
        back = back,
        bottom = {
            val still = state.packing == null
            if (state.sure) {
                SideButton(stringResource(R.string.lost_anew_really), Modifier.weight(1f), still) { on(LostEvent.AnewReally) }
                MainButton(stringResource(R.string.lost_not_yet), Modifier.weight(1f)) { on(LostEvent.NotYet) }
            } else {
                SideButton(stringResource(R.string.lost_anew), Modifier.weight(1f), still) { on(LostEvent.Anew) }
                MainButton(stringResource(R.string.lost_hand_over), Modifier.weight(1f), still) { on(LostEvent.HandOver) }
            }
        },
    ) {
        if (state.sure) item { Notice(stringResource(R.string.lost_sure), bad = true) }
        item { Notice(stringResource(REASONS[state.code] ?: R.string.lost_broken), bad = true) }
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        item { Text(stringResource(R.string.lost_nothing), style = MaterialTheme.typography.bodyLarge) }
        state.packing?.let { item { LinearProgressIndicator({ it }, Modifier.fillMaxWidth()) } }
        if (state.code !in REASONS) {
            item { SideButton(stringResource(R.string.again), Modifier.fillMaxWidth()) { on(LostEvent.Again) } }
        }
    }
}

/** Causes that trying again does not mend. */
private val REASONS = mapOf(
    "pin_forgotten" to R.string.lost_pin_forgotten,
    "wrong_pins" to R.string.lost_wrong_pins,
    "device_key_lost" to R.string.lost_device_key,
    "keys_damaged" to R.string.lost_keys_damaged,
    "wrong_key" to R.string.lost_broken,
    "damaged" to R.string.lost_broken,
)
