package org.gridweave.app.screens.enrol

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.KeyboardType
import org.gridweave.app.R
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.words

/** The first thing a new device shows: who takes it in, and by which code. */
@Composable
fun EnrolScreen(state: EnrolState, scan: () -> Unit = {}, on: (EnrolEvent) -> Unit) {
    val pending = state.pending
    Page(
        stringResource(R.string.enrol_title),
        bottom = {
            val (words, event) = if (pending == null) {
                R.string.enrol_send to EnrolEvent.Send
            } else {
                R.string.enrol_ask to EnrolEvent.Ask
            }
            MainButton(
                stringResource(if (state.busy) R.string.enrol_busy else words),
                Modifier.weight(1f),
                enabled = !state.busy && (pending != null || state.code.isNotBlank()),
            ) { on(event) }
        },
    ) {
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        if (pending != null) {
            item { Notice(stringResource(R.string.enrol_pending)) }
            item {
                Card {
                    Small(stringResource(R.string.enrol_organisation))
                    Text(pending.organisation, style = MaterialTheme.typography.titleMedium)
                }
            }
            item {
                Card {
                    Small(stringResource(R.string.enrol_fingerprint))
                    Text(pending.fingerprint, style = MaterialTheme.typography.displaySmall)
                }
            }
        } else {
            item { Text(stringResource(R.string.enrol_how), style = MaterialTheme.typography.bodyLarge) }
            item { MainButton(stringResource(R.string.scan_title), Modifier.fillMaxWidth(), onClick = scan) }
            item {
                OutlinedTextField(
                    state.code,
                    { on(EnrolEvent.Typed(it)) },
                    Modifier.fillMaxWidth().testTag("code"),
                    label = { Text(stringResource(R.string.enrol_code)) },
                    keyboardOptions = KeyboardOptions(keyboardType = KeyboardType.Password),
                    minLines = 3,
                    maxLines = 8,
                )
            }
        }
    }
}
