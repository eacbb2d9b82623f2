package org.gridweave.app.screens.record

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.screens.find.RowCard
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.Photo
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.here
import org.gridweave.app.ui.metres
import org.gridweave.app.ui.words
import org.gridweave.core.Custody
import org.gridweave.core.FieldKey
import org.gridweave.core.Logged
import org.gridweave.core.PageField
import org.gridweave.core.RecordType
import org.gridweave.core.Written

/** One record, whole: who said what and when, and how safe it is. */
@Composable
fun RecordScreen(
    state: RecordState,
    on: (RecordEvent) -> Unit,
    go: (Place) -> Unit,
    back: () -> Unit,
    photo: suspend (String) -> ByteArray?,
) {
    val page = state.page
    val type = page?.let { state.types[it.row.type] }
    Page(
        type?.label?.here().orEmpty(),
        back = back,
        bottom = {
            SideButton(stringResource(R.string.record_visit), Modifier.weight(1f), page != null) {
                on(RecordEvent.Visited)
            }
            MainButton(stringResource(R.string.record_edit), Modifier.weight(1f), page != null) {
                page?.let { go(Place.Form(it.row.type, it.row.record, null, System.nanoTime())) }
            }
        },
    ) {
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        if (page == null) return@Page
        item { Text(page.row.title, style = MaterialTheme.typography.titleMedium) }
        page.gridName?.let { item { Small(it) } }
        page.row.point?.let { item { Way(it) } }
        if (!page.row.alive) item { Notice(stringResource(R.string.row_deleted), bad = true) }
        item { Notice(stringResource(page.custody.words), bad = page.custody != Custody.RECEIVED) }
        if (page.fields.any { it.inConflict }) {
            item {
                MainButton(stringResource(R.string.record_settle)) { go(Place.Conflicts(page.row.record)) }
            }
        }
        items(page.fields, key = { "field ${it.key}" }) { FieldCard(it, type) }
        if (page.photos.isNotEmpty()) {
            item { Heading(stringResource(R.string.record_photos)) }
            item {
                Row(Modifier.horizontalScroll(rememberScrollState()), Arrangement.spacedBy(8.dp)) {
                    for (each in page.photos) {
                        Column {
                            Photo(each.hash, photo, stringResource(R.string.record_photo))
                            each.received?.let {
                                Small(
                                    stringResource(
                                        if (it) R.string.record_photo_received else R.string.record_photo_here,
                                    ),
                                )
                            }
                        }
                    }
                }
            }
        }
        if (page.same.isNotEmpty()) {
            item { Heading(stringResource(R.string.record_same)) }
            items(page.same, key = { "same ${it.record}" }) { row ->
                RowCard(row, state.types) { go(Place.Record(row.record)) }
            }
        }
        item { Heading(stringResource(R.string.record_history)) }
        if (page.history.isEmpty()) item { Small(stringResource(R.string.record_no_history)) }
        items(page.history, key = { it.dot }) { HistoryCard(it, type) }
    }
}

/** What a field is called; its number where the type is not known. */
@Composable
fun RecordType?.fieldName(key: FieldKey): String = this?.fields?.get(key.no)?.label?.here() ?: "${key.no}"

@Composable
private fun FieldCard(field: PageField, type: RecordType?) {
    Card {
        Small(type.fieldName(field.key))
        field.values.forEach { WrittenLines(it) }
        if (field.inConflict) {
            Small(stringResource(R.string.row_conflict, field.values.size), MaterialTheme.colorScheme.error)
        }
    }
}

/** A value with its source. */
@Composable
fun WrittenLines(written: Written) {
    Text(written.text.here().ifEmpty { "—" }, style = MaterialTheme.typography.bodyLarge)
    val kind = written.kind?.let { stringResource(it.words) }
    val accuracy = written.accuracyDm?.let { stringResource(R.string.written_accuracy, metres(it)) }
    Small(listOfNotNull(written.author, kind, cityTime(written.atMs), accuracy).joinToString(" · "))
}

@Composable
private fun HistoryCard(change: Logged, type: RecordType?) {
    Card {
        Text(
            "${stringResource(change.kind.words)} · ${cityTime(change.savedMs)}",
            style = MaterialTheme.typography.bodyLarge,
        )
        val names = change.said.map { type.fieldName(it.key) }.distinct()
        if (names.isNotEmpty()) Small(names.joinToString("、"))
        Small(change.stands.words())
    }
}
