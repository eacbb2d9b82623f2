package org.gridweave.app.screens.form

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalFocusManager
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.ChoiceRow
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.here
import org.gridweave.app.ui.rememberListState
import org.gridweave.app.ui.words
import org.gridweave.core.Asks
import org.gridweave.core.Entries
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Value

/** A screen of a form, as the core says it is now. */
@Composable
fun FormScreen(
    state: FormState,
    on: (FormEvent) -> Unit,
    back: () -> Unit,
    photo: suspend (String) -> ByteArray?,
) {
    val look = state.look
    // There is nothing to fill in any more.
    val gone = state.late || state.trouble?.code == "no_draft"
    // What is being saved stays as it is.
    val focus = LocalFocusManager.current
    LaunchedEffect(state.saving) { if (state.saving) focus.clearFocus() }
    val own = look?.questions?.find { it.key != null && it.key == state.ownPage }
    if (own != null) return OwnPage(own, own.key!!, state, on)
    val list = rememberListState(look != null)
    val top = "${look?.name} ${state.trouble?.let(System::identityHashCode)}"
    var at by rememberSaveable { mutableStateOf("") }
    LaunchedEffect(look == null, top) {
        if (look != null && at != top) {
            if (at.isNotEmpty()) list.scrollToItem(0)
            at = top
        }
    }
    Page(
        look?.heading?.here().orEmpty(),
        back = back,
        list = list,
        above = { Above(state) },
        bottom = {
            look?.previous?.let { to ->
                SideButton(stringResource(R.string.form_previous), Modifier.weight(1f), !state.saving) {
                    on(FormEvent.Turn(to))
                }
            }
            val next = look?.next
            if (next != null) {
                MainButton(stringResource(R.string.form_next), Modifier.weight(1f)) { on(FormEvent.Turn(next)) }
            } else if (!gone) {
                val words = stringResource(if (state.saving) R.string.form_saving else R.string.form_save)
                MainButton(words, Modifier.weight(1f), look != null && !state.saving) { on(FormEvent.Save()) }
            }
        },
    ) {
        state.trouble?.let { trouble ->
            item {
                val wrong = look?.problems.orEmpty().count { it.error }
                val words = if (trouble.code == "problems" && wrong > 0) {
                    stringResource(R.string.form_problems, wrong)
                } else {
                    trouble.words()
                }
                Notice(words, bad = true) {
                    val way = when {
                        trouble.code == "deleted" -> R.string.form_see_record
                        state.late -> R.string.form_see_saved
                        gone -> R.string.tab_find
                        else -> null
                    }
                    way?.let { MainButton(stringResource(it), Modifier.fillMaxWidth()) { on(FormEvent.Leave) } }
                }
            }
        }
        if (state.left) item { Notice(stringResource(R.string.draft_left)) }
        if (state.grids.isNotEmpty()) {
            item { Notice(stringResource(R.string.form_grid)) }
            items(state.grids, key = { "grid ${it.code}" }) { grid ->
                ChoiceRow(grid.name, false) { on(FormEvent.Save(grid.code)) }
            }
        }
        if (!gone) item { PlaceLine(state.standing, state.developerOptions) { on(FormEvent.LocationAsked) } }
        look?.entries?.let { entries -> item { EntryButtons(entries, on) } }
        items(look?.questions.orEmpty().filter { it.kind != Asks.SILENT }, key = { "${it.item} ${it.key?.instance}" }) {
            Asked(it, state, on, photo)
        }
    }
}

@Composable
private fun Above(state: FormState) {
    val look = state.look ?: return
    Column(Modifier.padding(16.dp, 8.dp, 16.dp, 0.dp)) {
        LinearProgressIndicator({ look.number.toFloat() / look.of }, Modifier.fillMaxWidth())
        Row {
            val page = stringResource(R.string.form_screen, look.number, look.of)
            val behind = state.draft == null || state.unkept > 0 || state.unkeptBecause != null
            val kept = if (behind) "" else " · ${stringResource(R.string.form_kept)}"
            Small(page + kept)
        }
        state.unkeptBecause?.let {
            Small(stringResource(R.string.form_unkept, it.words()), MaterialTheme.colorScheme.error)
        }
        Text(look.title.here(), style = MaterialTheme.typography.titleMedium)
    }
}

@Composable
private fun EntryButtons(entries: Entries, on: (FormEvent) -> Unit) {
    Column {
        entries.problems.forEach { Small(it.message.here(), MaterialTheme.colorScheme.error) }
        entries.instances.forEachIndexed { at, instance ->
            SideButton(stringResource(R.string.form_entry_remove, at + 1), Modifier.fillMaxWidth()) {
                on(FormEvent.EntryRemoved(entries.field, instance))
            }
        }
        MainButton(stringResource(R.string.form_entry_add), Modifier.fillMaxWidth()) {
            on(FormEvent.EntryAdded(entries.field))
        }
    }
}

/** A question that fills the screen. */
@Composable
private fun OwnPage(question: Question, key: FieldKey, state: FormState, on: (FormEvent) -> Unit) {
    BackHandler { on(FormEvent.OwnPage(null)) }
    when (question.kind) {
        Asks.LINE, Asks.AREA -> LinePage(question, key, state, on)
        Asks.SIGNATURE -> SignaturePage(question, key, on)
        else -> ChoicesPage(question, on)
    }
}

/** A long list of choices has the whole screen, and is narrowed by typing. */
@Composable
private fun ChoicesPage(question: Question, on: (FormEvent) -> Unit) {
    val key = question.key ?: return
    var filter by rememberSaveable(question.item) { mutableStateOf("") }
    val shown = question.choices.filter { choice ->
        filter.isBlank() || listOf(choice.label.zh, choice.label.en, choice.code.code).any { filter.trim() in it }
    }
    val several = question.kind == Asks.MANY
    val chosen = when (val value = question.value) {
        is Value.One -> setOf(value.code)
        is Value.Many -> value.codes.toSet()
        else -> emptySet()
    }
    Page(
        question.label.here(),
        back = { on(FormEvent.OwnPage(null)) },
        above = {
            OutlinedTextField(
                filter,
                { filter = it },
                Modifier.fillMaxWidth().padding(16.dp, 12.dp, 16.dp, 0.dp),
                label = { Text(stringResource(R.string.form_filter)) },
                singleLine = true,
            )
        },
        bottom = {
            SideButton(stringResource(R.string.form_none), Modifier.weight(1f)) {
                on(FormEvent.Answered(key, Value.Nothing))
                on(FormEvent.OwnPage(null))
            }
            if (several) {
                MainButton(stringResource(R.string.form_done), Modifier.weight(1f)) { on(FormEvent.OwnPage(null)) }
            }
        },
    ) {
        items(shown, key = { it.code.code }) { choice ->
            ChoiceRow(choice.label.here(), choice.code in chosen, several) {
                if (several) {
                    on(FormEvent.Toggled(key, choice.code))
                } else {
                    on(FormEvent.Answered(key, Value.One(choice.code)))
                    on(FormEvent.OwnPage(null))
                }
            }
        }
    }
}
