package org.gridweave.app.screens.find

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.TOUCH
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.here
import org.gridweave.app.ui.rememberListState
import org.gridweave.app.ui.words
import org.gridweave.core.RecordType
import org.gridweave.core.Row

/** Records by name, initials, address or code. */
@Composable
fun FindScreen(state: FindState, on: (FindEvent) -> Unit, go: (Place) -> Unit) {
    Page(
        stringResource(R.string.find_title),
        tab = Place.Find,
        go = go,
        list = rememberListState(state.hits != null || state.rows != null),
        above = {
            OutlinedTextField(
                state.query,
                { on(FindEvent.Typed(it)) },
                Modifier.fillMaxWidth().padding(16.dp, 12.dp, 16.dp, 0.dp).testTag("query"),
                label = { Text(stringResource(R.string.find_title)) },
                supportingText = { Text(stringResource(R.string.find_hint)) },
                trailingIcon = {
                    IconButton({ go(Place.Scan("find")) }, Modifier.size(TOUCH)) {
                        Icon(painterResource(R.drawable.scan), stringResource(R.string.scan_title))
                    }
                },
                singleLine = true,
            )
        },
    ) {
        item { SideButton(stringResource(R.string.map_title), Modifier.fillMaxWidth()) { go(Place.Map) } }
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        val hits = state.hits ?: return@Page all(state, on, go)
        item {
            val words = when {
                hits.total == 0L -> stringResource(R.string.find_none)
                hits.total > hits.rows.size -> stringResource(R.string.find_more, hits.total, hits.rows.size)
                else -> stringResource(R.string.find_count, hits.total)
            }
            Small(words)
        }
        items(hits.rows, key = { it.record }) { RowCard(it, state.types) { go(Place.Record(it.record)) } }
    }
}

/** A record in a list. */
@Composable
fun RowCard(
    row: Row,
    types: Map<Int, RecordType>,
    more: @Composable ColumnScope.() -> Unit = {},
    onClick: () -> Unit,
) {
    Card(onClick) {
        Text(row.title.here(), style = MaterialTheme.typography.bodyLarge)
        Small("${types[row.type]?.label?.here().orEmpty()} · ${cityTime(row.updatedMs)}")
        more()
        if (row.conflicts > 0) {
            Small(stringResource(R.string.row_conflict, row.conflicts), MaterialTheme.colorScheme.error)
        }
        if (!row.alive) Small(stringResource(R.string.row_deleted), MaterialTheme.colorScheme.error)
    }
}
