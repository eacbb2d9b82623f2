package org.gridweave.app.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.selection.selectable
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R

/**
 * A screen: its title, what scrolls, and at the bottom, where the thumb is, what is pressed: [bottom] or, on the
 * screens of the navigation, the tabs.
 */
@Composable
fun Page(
    title: String,
    back: (() -> Unit)? = null,
    tab: Place? = null,
    go: (Place) -> Unit = {},
    list: LazyListState = rememberLazyListState(),
    above: (@Composable () -> Unit)? = null,
    bottom: (@Composable RowScope.() -> Unit)? = null,
    content: LazyListScope.() -> Unit,
) {
    Column(Modifier.fillMaxSize().windowInsetsPadding(WindowInsets.safeDrawing)) {
        Title(title, back)
        HorizontalDivider(color = MaterialTheme.colorScheme.outline)
        above?.invoke()
        LazyColumn(
            Modifier.weight(1f).fillMaxWidth(),
            state = list,
            contentPadding = PaddingValues(16.dp),
            verticalArrangement = Arrangement.spacedBy(10.dp),
            content = content,
        )
        HorizontalDivider(color = MaterialTheme.colorScheme.outline)
        when {
            bottom != null -> Bottom(bottom)
            tab != null -> Tabs(tab, go)
        }
    }
}

/**
 * Where a list stands, kept over the end of the process. Without items a list stands at its beginning, so it begins only
 * once what it shows is [ready].
 */
@Composable
fun rememberListState(ready: Boolean): LazyListState = if (ready) rememberLazyListState() else rememberLazyListState()

/** The title of a screen, with the way back where there is one. */
@Composable
internal fun Title(title: String, back: (() -> Unit)?) {
    Row(Modifier.fillMaxWidth().heightIn(min = TOUCH).padding(end = 16.dp), verticalAlignment = Alignment.CenterVertically) {
        if (back != null) {
            IconButton(back, Modifier.size(TOUCH)) {
                Icon(painterResource(R.drawable.back), stringResource(R.string.back))
            }
        }
        Text(
            title,
            Modifier.padding(start = if (back == null) 16.dp else 0.dp).semantics { heading() },
            style = MaterialTheme.typography.titleLarge,
        )
    }
}

/** What is pressed, where the thumb is. */
@Composable
internal fun Bottom(buttons: @Composable RowScope.() -> Unit) =
    Row(Modifier.fillMaxWidth().padding(12.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically, buttons)

@Composable
private fun Tabs(shown: Place, go: (Place) -> Unit) {
    val colors = MaterialTheme.colorScheme
    Row(Modifier.fillMaxWidth()) {
        for ((place, name, icon) in TABS) {
            val here = place == shown
            Column(
                Modifier.weight(1f).selectable(here, role = Role.Tab) { go(place) }
                    .background(if (here) colors.secondaryContainer else colors.surface)
                    .heightIn(min = 64.dp).widthIn(min = TOUCH).padding(vertical = 8.dp),
                Arrangement.Center,
                Alignment.CenterHorizontally,
            ) {
                val ink = if (here) colors.onSecondaryContainer else colors.onSurface
                Icon(painterResource(icon), null, Modifier.size(26.dp), ink)
                Text(
                    stringResource(name),
                    color = ink,
                    // Five beside each other: as large as fits, whatever the size of the texts.
                    fontSize = with(LocalDensity.current) { 13.dp.toSp() },
                    maxLines = 1,
                    overflow = TextOverflow.Ellipsis,
                    style = MaterialTheme.typography.labelMedium,
                )
            }
        }
    }
}

private val TABS = listOf(
    Triple(Place.Today, R.string.tab_today, R.drawable.today),
    Triple(Place.Find, R.string.tab_find, R.drawable.find),
    Triple(Place.New, R.string.tab_new, R.drawable.add),
    Triple(Place.Sync, R.string.tab_sync, R.drawable.sync),
    Triple(Place.Settings, R.string.tab_settings, R.drawable.settings),
)
