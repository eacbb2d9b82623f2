package org.gridweave.app.screens.conflicts

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalConfiguration
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.screens.find.RowCard
import org.gridweave.app.screens.record.WrittenLines
import org.gridweave.app.screens.record.fieldName
import org.gridweave.app.ui.Evidence
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.RevealMeans
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.TOUCH
import org.gridweave.app.ui.here
import org.gridweave.app.ui.rememberListState
import org.gridweave.app.ui.words
import org.gridweave.core.PageField
import org.gridweave.core.RecordType
import org.gridweave.core.Words
import org.gridweave.core.Written

/** What several people wrote, side by side; one of it is taken. */
@Composable
fun ConflictsScreen(
    state: ConflictsState,
    on: (ConflictsEvent) -> Unit,
    go: (Place) -> Unit,
    back: () -> Unit,
    photo: suspend (String) -> ByteArray?,
) {
    val list = rememberListState(state.rows != null || state.page != null)
    Page(stringResource(R.string.conflicts_title), back = back, list = list) {
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        state.rows?.let { rows ->
            if (rows.isEmpty()) item { Text(stringResource(R.string.conflicts_none)) }
            items(rows, key = { it.record }) { RowCard(it, state.types) { go(Place.Conflicts(it.record)) } }
        }
        val page = state.page ?: return@Page
        item { Text(page.row.title.here(), style = MaterialTheme.typography.titleMedium) }
        val open = page.fields.filter { it.inConflict }
        item { Small(stringResource(if (open.isEmpty()) R.string.conflicts_none else R.string.conflicts_how)) }
        items(open, key = { "${it.key}" }) { FieldChoice(it, state, on, photo) }
    }
}

@Composable
private fun FieldChoice(
    field: PageField,
    state: ConflictsState,
    on: (ConflictsEvent) -> Unit,
    photo: suspend (String) -> ByteArray?,
) {
    val type: RecordType? = state.page?.row?.type?.let(state.types::get)
    val chosen = state.chosen[field.key]
    val revealed = state.revealed[field.key]
    Column(verticalArrangement = Arrangement.spacedBy(10.dp)) {
        Heading(type.fieldName(field.key))
        for (pair in field.values.chunked(beside())) {
            Row(Modifier.height(IntrinsicSize.Max), Arrangement.spacedBy(10.dp)) {
                for (each in pair) {
                    Side(each, revealed?.get(each.dot), each.dot == chosen, photo, Modifier.weight(1f)) {
                        on(ConflictsEvent.Choose(field.key, each.dot))
                    }
                }
            }
        }
        if (field.masked && revealed == null) {
            RevealMeans("${field.key.no}") { on(ConflictsEvent.Reveal(field.key, it)) }
        }
        MainButton(stringResource(R.string.conflicts_take), Modifier.fillMaxWidth(), chosen != null) {
            on(ConflictsEvent.Take(field.key))
        }
    }
}

/** Two beside each other, unless their words would be cut in pieces. */
@Composable
private fun beside(): Int {
    val room = LocalConfiguration.current.screenWidthDp / LocalDensity.current.fontScale
    return if (room < 230) 1 else 2
}

@Composable
private fun Side(
    written: Written,
    whole: Words?,
    chosen: Boolean,
    photo: suspend (String) -> ByteArray?,
    modifier: Modifier,
    onClick: () -> Unit,
) {
    val colors = MaterialTheme.colorScheme
    Surface(
        modifier.fillMaxHeight().selectable(chosen, role = Role.RadioButton, onClick = onClick),
        shape = RoundedCornerShape(10.dp),
        color = if (chosen) colors.secondaryContainer else colors.surface,
        contentColor = if (chosen) colors.onSecondaryContainer else colors.onSurface,
        border = BorderStroke(if (chosen) 3.dp else 1.dp, colors.outline),
    ) {
        Column(Modifier.heightIn(min = TOUCH).padding(12.dp), Arrangement.spacedBy(4.dp)) {
            RadioButton(chosen, onClick = null)
            WrittenLines(written, whole)
            Evidence(written.photos, photo)
        }
    }
}
