package org.gridweave.app.screens.today

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.place
import org.gridweave.app.screens.record.fieldName
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.ClockNotice
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.RoomNotice
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.here
import org.gridweave.app.ui.refusedWords
import org.gridweave.app.ui.words
import org.gridweave.core.ChangeKind
import org.gridweave.core.Draft
import org.gridweave.core.Safe
import org.gridweave.core.Stands

/** What wants doing today, and whether what was done is safe. */
@Composable
fun TodayScreen(state: TodayState, on: (TodayEvent) -> Unit, go: (Place) -> Unit) {
    Page(stringResource(R.string.today_title), tab = Place.Today, go = go) {
        state.me?.let { item { Small(stringResource(R.string.today_hello, it.name, it.organisation)) } }
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        val safe = state.safe ?: return@Page
        item { SafeNotice(safe) }
        item { ClockNotice(safe.clockOffsetMs) }
        state.freeMib?.let { item { RoomNotice(it) } }
        if (safe.refused.isNotEmpty()) {
            item { Heading(stringResource(R.string.today_refused, safe.refused.size)) }
            item { Small(stringResource(R.string.today_refused_how)) }
            items(safe.refused, key = { it.dot }) { change ->
                // What was never accepted as a record has no page: all of it stands here.
                val open = { go(Place.Record(change.record)) }
                Card(open.takeIf { change.kind != ChangeKind.CREATE }) {
                    val type = state.types[change.type]
                    val kind = stringResource(change.kind.words)
                    Text("${type?.label?.here().orEmpty()} · $kind", style = MaterialTheme.typography.bodyLarge)
                    for (write in change.writes) {
                        val text = write.after.text.here()
                        if (text.isNotEmpty()) Small("${type.fieldName(write.key)}: $text")
                    }
                    val code = (change.stands as? Stands.Refused)?.code.orEmpty()
                    Small(refusedWords(code), MaterialTheme.colorScheme.error)
                    Small(cityTime(change.savedMs))
                    if (change.kind == ChangeKind.CREATE) {
                        SideButton(stringResource(R.string.today_take_up), Modifier.fillMaxWidth()) {
                            on(TodayEvent.TakeUp(change))
                        }
                    }
                }
            }
        }
        if (state.conflicts.isNotEmpty()) {
            item { Heading(stringResource(R.string.today_conflicts, state.conflicts.size)) }
            items(state.conflicts, key = { "conflict ${it.record}" }) { row ->
                Card({ go(Place.Conflicts(row.record)) }) {
                    Text(row.title.here(), style = MaterialTheme.typography.bodyLarge)
                    Small(stringResource(R.string.row_conflict, row.conflicts), MaterialTheme.colorScheme.error)
                }
            }
        }
        if (state.drafts.isNotEmpty()) {
            item { Heading(stringResource(R.string.today_drafts, state.drafts.size)) }
            items(state.drafts, key = { "draft ${it.id}" }) { DraftCard(it, state, on, go) }
        }
        if (safe.refused.isEmpty() && state.conflicts.isEmpty() && state.drafts.isEmpty()) {
            item { Text(stringResource(R.string.today_all_clear), style = MaterialTheme.typography.bodyLarge) }
        }
    }
}

/** The one line that never says more than is known. */
@Composable
fun SafeNotice(safe: Safe) {
    val words = when {
        safe.pending + safe.photosPending > 0 -> stringResource(R.string.safe_open, safe.pending, safe.photosPending)
        !safe.isSealed -> stringResource(R.string.safe_left)
        safe.savedToday == 0L -> stringResource(R.string.safe_none)
        else -> stringResource(R.string.safe_sealed, safe.receivedToday)
    }
    Notice(words, bad = !safe.isSealed) {
        for ((kept, count) in listOf(
            R.string.safe_photos_damaged to safe.photosDamaged,
            R.string.safe_photos_unreleased to safe.photosUnreleased,
            R.string.safe_photos_over_quota to safe.photosOverQuota,
        )) {
            if (count > 0) Text(stringResource(kept, count))
        }
        safe.seal?.let { Text(stringResource(R.string.safe_seal, it), Modifier.testTag("seal")) }
        if (safe.held) Text(stringResource(R.string.safe_held))
        val pulled = safe.pulledAllMs
        Text(
            if (pulled == null) {
                stringResource(R.string.safe_never_pulled)
            } else {
                stringResource(R.string.safe_pulled, cityTime(pulled))
            },
            style = MaterialTheme.typography.bodyMedium,
        )
    }
}

@Composable
private fun DraftCard(draft: Draft, state: TodayState, on: (TodayEvent) -> Unit, go: (Place) -> Unit) {
    val type = state.types[draft.type]?.label?.here().orEmpty()
    val words = stringResource(if (draft.record == null) R.string.draft_new else R.string.draft_edit, type)
    val title = draft.title.here()
    if (state.discarding == draft.id) {
        Notice(stringResource(R.string.today_discard_really), bad = true) {
            Text(title.ifEmpty { words })
            Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
                SideButton(stringResource(R.string.today_discard), Modifier.weight(1f)) {
                    on(TodayEvent.DiscardReally(draft.id))
                }
                MainButton(stringResource(R.string.today_keep), Modifier.weight(1f)) { on(TodayEvent.KeepDraft) }
            }
        }
        return
    }
    Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        Card({ go(draft.place()) }, Modifier.weight(1f)) {
            Text(title.ifEmpty { words }, style = MaterialTheme.typography.bodyLarge)
            if (title.isNotEmpty()) Small(words)
            if (draft.left) Small(stringResource(R.string.draft_left))
            Small(cityTime(draft.updatedMs))
        }
        SideButton(stringResource(R.string.today_discard)) { on(TodayEvent.Discard(draft.id)) }
    }
}
