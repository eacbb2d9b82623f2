package org.gridweave.app.screens.form

import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.here
import org.gridweave.app.ui.words

/** What is to be collected. */
@Composable
fun NewScreen(state: NewState, go: (Place) -> Unit) {
    Page(stringResource(R.string.new_title), tab = Place.New, go = go) {
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        items(state.types, key = { it.no }) { type ->
            Card({ go(Place.Form(type.no, null, null, System.nanoTime())) }) {
                Text(type.label.here(), style = MaterialTheme.typography.bodyLarge)
            }
        }
    }
}
