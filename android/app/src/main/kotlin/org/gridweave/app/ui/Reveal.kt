package org.gridweave.app.ui

import androidx.annotation.StringRes
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.core.RevealReason

/** Shows what is masked once a reason is chosen; [item] names what it belongs to. */
@Composable
fun RevealMeans(item: String, chosen: (RevealReason) -> Unit) {
    var asking by rememberSaveable(item) { mutableStateOf(false) }
    if (!asking) {
        val wide = Modifier.fillMaxWidth().testTag("reveal $item")
        return SideButton(stringResource(R.string.reveal), wide) { asking = true }
    }
    Small(stringResource(R.string.reveal_why))
    for (reason in RevealReason.entries) {
        SideButton(stringResource(reason.words), Modifier.fillMaxWidth()) {
            asking = false
            chosen(reason)
        }
    }
}

@get:StringRes
val RevealReason.words: Int
    get() = when (this) {
        RevealReason.COMPARE -> R.string.reveal_compare
        RevealReason.CONTACT -> R.string.reveal_contact
        RevealReason.CORRECT -> R.string.reveal_correct
        RevealReason.ASKED -> R.string.reveal_asked
    }
