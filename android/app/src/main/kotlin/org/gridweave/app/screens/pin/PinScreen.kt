package org.gridweave.app.screens.pin

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.words

private val KEY = 64.dp

/** The PIN, typed on keys of its own: no keyboard learns it, and gloves hit them. */
@Composable
fun PinScreen(state: PinState, on: (PinEvent) -> Unit, back: (() -> Unit)? = null, forgotten: (() -> Unit)? = null) {
    Page(
        stringResource(state.title),
        back = back,
        above = {
            Column(Modifier.padding(16.dp, 12.dp, 16.dp, 0.dp)) {
                val said = stringResource(R.string.pin_typed, state.typed)
                Text(
                    "● ".repeat(state.typed).ifEmpty { "—" },
                    Modifier.fillMaxWidth().testTag("typed").semantics { contentDescription = said },
                    style = MaterialTheme.typography.titleLarge,
                    textAlign = TextAlign.Center,
                )
            }
        },
        // While nothing is looked at there is nothing to type, and room for what is to be read.
        bottom = {
            if (state.waitS == 0L) Keys(state, on) else forgotten?.let {
                SideButton(stringResource(R.string.pin_forgotten), Modifier.weight(1f), onClick = it)
            }
        },
    ) {
        val trouble = state.trouble
        when {
            state.waitS > 0 -> item {
                Notice(stringResource(R.string.pin_wait, state.waitS / 60, state.waitS % 60), bad = true)
            }
            trouble != null -> item { Notice(trouble.words(), bad = true) }
            state.differed -> item { Notice(stringResource(R.string.pin_differed), bad = true) }
        }
        state.triesLeft?.let { left -> item { Notice(stringResource(R.string.pin_left, left), bad = true) } }
        item { Small(stringResource(if (state.task == PinTask.ENTER) R.string.pin_enter_how else R.string.pin_set_how)) }
        if (forgotten != null && state.waitS == 0L) {
            item { SideButton(stringResource(R.string.pin_forgotten), Modifier.fillMaxWidth(), onClick = forgotten) }
        }
    }
}

@Composable
private fun Keys(state: PinState, on: (PinEvent) -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (row in listOf(listOf(1, 2, 3), listOf(4, 5, 6), listOf(7, 8, 9))) {
            Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                for (digit in row) {
                    SideButton("$digit", Modifier.weight(1f).heightIn(min = KEY)) { on(PinEvent.Digit(digit)) }
                }
            }
        }
        Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            SideButton(stringResource(R.string.pin_erase), Modifier.weight(1f).heightIn(min = KEY)) { on(PinEvent.Erase) }
            SideButton("0", Modifier.weight(1f).heightIn(min = KEY)) { on(PinEvent.Digit(0)) }
            MainButton(
                stringResource(if (state.busy) R.string.pin_busy else R.string.pin_ok),
                Modifier.weight(1f).heightIn(min = KEY),
                state.mayGoOn,
            ) { on(PinEvent.GoOn) }
        }
    }
}

private val PinState.title
    get() = when (step) {
        PinStep.CURRENT -> if (task == PinTask.ENTER) R.string.pin_enter else R.string.pin_current
        PinStep.NEW -> R.string.pin_new
        PinStep.AGAIN -> R.string.pin_again
    }
