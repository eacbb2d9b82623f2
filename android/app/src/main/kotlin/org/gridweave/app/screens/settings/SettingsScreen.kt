package org.gridweave.app.screens.settings

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.ui.ChoiceRow
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.words
import org.gridweave.platform.Chosen
import org.gridweave.platform.Language
import org.gridweave.platform.Look

private val TEXT_PERCENTS = listOf(100, 115, 130, 150)

/** Language, look and size of the text. The activity keeps what is chosen, as it has to draw with it. */
@Composable
fun SettingsScreen(
    state: SettingsState,
    on: (SettingsEvent) -> Unit,
    go: (Place) -> Unit,
    list: LazyListState = rememberLazyListState(),
) {
    val chosen = state.chosen
    Page(stringResource(R.string.settings_title), tab = Place.Settings, go = go, list = list) {
        choices(R.string.settings_look, Look.entries, chosen.look, { stringResource(it.words) }, on) {
            chosen.copy(look = it)
        }
        if (state.managed.language != null) {
            item { Heading(stringResource(R.string.settings_language)) }
            item { Managed(stringResource(R.string.settings_language), stringResource(chosen.language.words)) }
        } else {
            choices(R.string.settings_language, Language.entries, chosen.language, { stringResource(it.words) }, on) {
                chosen.copy(language = it)
            }
        }
        val percent = @Composable { it: Int -> stringResource(R.string.settings_percent, it) }
        choices(R.string.settings_text, TEXT_PERCENTS, chosen.textPercent, percent, on) {
            chosen.copy(textPercent = it)
        }
        habits(state) { on(SettingsEvent.Choose(it)) }
        item { SideButton(stringResource(R.string.pin_change), Modifier.fillMaxWidth()) { go(Place.Pin) } }
        if (state.aside > 0) {
            item { Heading(stringResource(R.string.aside_heading)) }
            item { Small(stringResource(R.string.aside_how, state.aside)) }
            item {
                SideButton(stringResource(R.string.lost_hand_over), Modifier.fillMaxWidth(), !state.packing) {
                    on(SettingsEvent.HandOver)
                }
            }
        }
        state.trouble?.let { item { Notice(it.words(), bad = true) } }
        revealed(state)
        device(state)
        item { Small(stringResource(R.string.settings_version, state.version)) }
    }
}

private fun <T : Any> LazyListScope.choices(
    heading: Int,
    offered: List<T>,
    chosen: T,
    words: @Composable (T) -> String,
    on: (SettingsEvent) -> Unit,
    with: (T) -> Chosen,
) {
    item { Heading(stringResource(heading)) }
    items(offered) { ChoiceRow(words(it), it == chosen) { on(SettingsEvent.Choose(with(it))) } }
}

private val Look.words: Int
    get() = when (this) {
        Look.SYSTEM -> R.string.settings_system
        Look.LIGHT -> R.string.settings_light
        Look.DARK -> R.string.settings_dark
        Look.SUNLIGHT -> R.string.settings_sunlight
    }

private val Language.words: Int
    get() = when (this) {
        Language.SYSTEM -> R.string.settings_system
        Language.CHINESE -> R.string.settings_chinese
        Language.ENGLISH -> R.string.settings_english
    }
