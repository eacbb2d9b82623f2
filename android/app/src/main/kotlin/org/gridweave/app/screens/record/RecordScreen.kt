package org.gridweave.app.screens.record

import androidx.activity.compose.BackHandler
import androidx.annotation.StringRes
import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyListScope
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
import org.gridweave.app.ui.FullPage
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.Photo
import org.gridweave.app.ui.RevealMeans
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.WholePhoto
import org.gridweave.app.ui.Zoomed
import org.gridweave.app.ui.absent
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.here
import org.gridweave.app.ui.metres
import org.gridweave.app.ui.rememberListState
import org.gridweave.app.ui.words
import org.gridweave.core.Choice
import org.gridweave.core.Custody
import org.gridweave.core.FieldKey
import org.gridweave.core.Logged
import org.gridweave.core.Page as RecordPage
import org.gridweave.core.PageField
import org.gridweave.core.PagePhoto
import org.gridweave.core.RecordType
import org.gridweave.core.Words
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
    val list = rememberListState(page != null) // also while a photo lies over it
    state.photo?.let { hash ->
        val absent = page?.photos?.find { it.hash == hash }.absent
        return PhotoPage(hash, photo, absent) { on(RecordEvent.LookAt(null)) }
    }
    Page(
        type?.label?.here().orEmpty(),
        back = { if (state.draft == null) back() else on(RecordEvent.NotEdited) },
        list = list,
        // Before the eyes wherever the list stands.
        above = { state.trouble?.let { Box(Modifier.padding(16.dp, 12.dp, 16.dp, 0.dp)) { Notice(it.words(), bad = true) } } },
        bottom = { Ways(state, on) },
    ) {
        if (page == null) return@Page
        // One item, whatever of it comes later: the list stays where it stood.
        item { Head(page, state, on, go) }
        items(page.fields, key = { "field ${it.key}" }) { FieldCard(it, type, state.revealed[it.key], on) }
        if (page.photos.isNotEmpty()) {
            item { Heading(stringResource(R.string.record_photos)) }
            item {
                Row(Modifier.horizontalScroll(rememberScrollState()), Arrangement.spacedBy(8.dp)) {
                    for (each in page.photos) {
                        Column {
                            val look = { on(RecordEvent.LookAt(each.hash)) }
                            Photo(each.hash, photo, stringResource(R.string.record_photo), each.absent, look)
                            PhotoLine(each)
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
        if (page.row.alive) gone(state.reasons, on)
    }
}

/** What is said of the record as a whole, and what is to be done about it. */
@Composable
private fun Head(page: RecordPage, state: RecordState, on: (RecordEvent) -> Unit, go: (Place) -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(10.dp)) {
        Text(page.row.title.here(), style = MaterialTheme.typography.titleMedium)
        page.gridName?.let { Small(it) }
        if (!page.row.alive) {
            Notice(stringResource(R.string.row_deleted), bad = true) {
                SideButton(stringResource(R.string.record_restore), Modifier.fillMaxWidth()) { on(RecordEvent.Restored) }
            }
        }
        state.awayM?.let { Small(stringResource(R.string.record_away, it)) }
        page.row.point?.let { Way(it) }
        Notice(stringResource(page.custody.words), bad = page.custody != Custody.RECEIVED)
        if (page.fields.any { it.inConflict }) {
            MainButton(stringResource(R.string.record_settle)) { go(Place.Conflicts(page.row.record)) }
        }
    }
}

/** Where a photo stands, and what keeps it there. */
@Composable
private fun PhotoLine(photo: PagePhoto) {
    val (received, trouble) = photo.received to photo.trouble
    when {
        trouble != null -> Small(stringResource(trouble.words), MaterialTheme.colorScheme.error)
        received != null ->
            Small(stringResource(if (received) R.string.record_photo_received else R.string.record_photo_here))
    }
}

/** What a hand does with the record: an edit that was put aside is not begun twice unasked. */
@Composable
private fun RowScope.Ways(state: RecordState, on: (RecordEvent) -> Unit) {
    val draft = state.draft
    BackHandler(draft != null) { on(RecordEvent.NotEdited) }
    if (draft != null) {
        SideButton(stringResource(R.string.record_edit_anew), Modifier.weight(1f)) { on(RecordEvent.GoOn(null)) }
        MainButton(stringResource(R.string.record_go_on, cityTime(draft.updatedMs)), Modifier.weight(1f)) {
            on(RecordEvent.GoOn(draft))
        }
        return
    }
    val there = state.page != null
    SideButton(stringResource(R.string.record_visit), Modifier.weight(1f), there && !state.visited) {
        on(RecordEvent.Visited)
    }
    MainButton(stringResource(R.string.record_edit), Modifier.weight(1f), there) { on(RecordEvent.Edit) }
}

/** The way to say that the thing is gone: asked last, and never without a reason. */
private fun LazyListScope.gone(reasons: List<Choice>?, on: (RecordEvent) -> Unit) {
    if (reasons == null) {
        item {
            SideButton(stringResource(R.string.record_gone), Modifier.fillMaxWidth()) { on(RecordEvent.AskGone(true)) }
        }
        return
    }
    item { Heading(stringResource(R.string.record_gone_why)) }
    items(reasons, key = { "gone ${it.code.code}" }) {
        SideButton(it.label.here(), Modifier.fillMaxWidth()) { on(RecordEvent.Gone(it.code)) }
    }
    item {
        MainButton(stringResource(R.string.record_gone_not), Modifier.fillMaxWidth()) { on(RecordEvent.AskGone(false)) }
    }
}

/** A photo that fills the screen and is made larger with two fingers. */
@Composable
private fun PhotoPage(hash: String, photo: suspend (String) -> ByteArray?, @StringRes absent: Int, back: () -> Unit) {
    BackHandler(onBack = back)
    FullPage(stringResource(R.string.record_photo), back, bottom = {}) {
        Zoomed { WholePhoto(hash, photo, stringResource(R.string.record_photo), absent) }
    }
}

/** What a field is called; its number where the type is not known. */
@Composable
fun RecordType?.fieldName(key: FieldKey): String = this?.fields?.get(key.no)?.label?.here() ?: "${key.no}"

@Composable
private fun FieldCard(
    field: PageField,
    type: RecordType?,
    revealed: Map<String, Words>?,
    on: (RecordEvent) -> Unit,
) {
    Card {
        Small(type.fieldName(field.key))
        field.values.forEach { WrittenLines(it, revealed?.get(it.dot)) }
        if (field.masked && revealed == null) {
            RevealMeans("${field.key.no}") { on(RecordEvent.Reveal(field.key, it)) }
        }
        if (field.inConflict) {
            Small(stringResource(R.string.row_conflict, field.values.size), MaterialTheme.colorScheme.error)
        }
    }
}

/** A value with its source; [whole] once it is shown without its mask. */
@Composable
fun WrittenLines(written: Written, whole: Words?) {
    Text((whole ?: written.said.text).here().ifEmpty { "—" }, style = MaterialTheme.typography.bodyLarge)
    val kind = written.kind?.let { stringResource(it.words) }
    val accuracy = written.accuracyDm?.let { stringResource(R.string.written_accuracy, metres(it)) }
    val away = written.awayM?.let { stringResource(R.string.written_away, it) }
    Small(listOfNotNull(written.author, kind, cityTime(written.atMs), accuracy, away).joinToString(" · "))
}

@Composable
private fun HistoryCard(change: Logged, type: RecordType?) {
    Card {
        Text(
            "${stringResource(change.kind.words)} · ${cityTime(change.savedMs)}",
            style = MaterialTheme.typography.bodyLarge,
        )
        for (write in change.writes) {
            val after = write.after.text.here().ifEmpty { "—" }
            val before = write.before?.text?.here()?.ifEmpty { "—" }
            Small("${type.fieldName(write.key)}: ${if (before == null) after else "$before → $after"}")
        }
        Small(change.stands.words())
    }
}
