package org.gridweave.app.screens.map

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.gestures.detectTransformGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clipToBounds
import androidx.compose.ui.graphics.drawscope.drawIntoCanvas
import androidx.compose.ui.graphics.nativeCanvas
import androidx.compose.ui.graphics.toArgb
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.onSizeChanged
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.screens.find.RowCard
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.Chip
import org.gridweave.app.ui.Chips
import org.gridweave.app.ui.FullPage
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.here
import org.gridweave.app.ui.words
import org.gridweave.core.MapStanding
import org.gridweave.core.ScaleBar

/** The grids with their records: dragged, made larger, touched. */
@Composable
fun MapScreen(state: MapState, on: (MapEvent) -> Unit, go: (Place) -> Unit, back: () -> Unit) {
    FullPage(
        stringResource(R.string.map_title),
        back,
        bottom = {
            SideButton("+", Modifier.weight(1f)) { on(MapEvent.Zoomed(1.5f)) }
            SideButton("−", Modifier.weight(1f)) { on(MapEvent.Zoomed(1 / 1.5f)) }
            SideButton(stringResource(R.string.map_here), Modifier.weight(2f)) { on(MapEvent.Here) }
        },
    ) {
        Column(Modifier.fillMaxSize()) {
            state.trouble?.let { Notice(it.words(), bad = true) }
            if (state.empty) Notice(stringResource(R.string.map_empty))
            Types(state, on)
            Ground(state, on, Modifier.weight(1f))
            Picked(state, on, go)
            if (state.picked.isEmpty() && state.pickedDrafts.isEmpty()) Legend(state, on)
        }
    }
}

/** What lies at the point that was touched, where it is several. */
@Composable
private fun Picked(state: MapState, on: (MapEvent) -> Unit, go: (Place) -> Unit) {
    if (state.picked.isEmpty() && state.pickedDrafts.isEmpty()) return
    BackHandler { on(MapEvent.Unpicked) }
    LazyColumn(Modifier.heightIn(max = 220.dp).padding(12.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        items(state.picked, key = { it.record }) { row -> RowCard(row, state.types) { go(Place.Record(row.record)) } }
        items(state.pickedDrafts, key = { "draft ${it.id}" }) { draft ->
            val type = state.types[draft.type]?.label?.here().orEmpty()
            Card({ go(draft.place()) }) {
                Text(
                    stringResource(if (draft.record == null) R.string.draft_new else R.string.draft_edit, type),
                    style = MaterialTheme.typography.bodyLarge,
                )
                Small(stringResource(R.string.map_draft))
            }
        }
    }
}

/** What is drawn: all types or one, where there are records of several. */
@Composable
private fun Types(state: MapState, on: (MapEvent) -> Unit) {
    if (state.counts.size < 2 && state.type == null) return
    Chips(Modifier.padding(12.dp, 8.dp)) {
        Chip(stringResource(R.string.list_all, state.counts.values.sum()), state.type == null) { on(MapEvent.Only(null)) }
        for ((type, count) in state.counts) {
            val name = state.types[type]?.label?.here() ?: "$type"
            Chip(stringResource(R.string.list_chip, name, count), state.type == type) { on(MapEvent.Only(type)) }
        }
    }
}

/** What the signs mean; a touch hides them. */
@Composable
private fun Legend(state: MapState, on: (MapEvent) -> Unit) {
    // In one row: on a small screen the ground wants the room.
    Chips(Modifier.padding(12.dp, 8.dp)) {
        for (standing in MapStanding.entries) {
            val shown = standing !in state.hidden
            val sign = if (shown) "☑" else "☐"
            Chip("$sign ${standing.sign} ${stringResource(standing.words)}", shown) { on(MapEvent.Shows(standing)) }
        }
        if (state.drawn?.drafts.orEmpty().isNotEmpty()) {
            val sign = if (state.draftsHidden) "☐" else "☑"
            Chip("$sign ○ ${stringResource(R.string.map_draft)}", !state.draftsHidden) { on(MapEvent.ShowsDrafts) }
        }
    }
}

@Composable
private fun Ground(state: MapState, on: (MapEvent) -> Unit, modifier: Modifier) {
    val colors = MaterialTheme.colorScheme
    val density = LocalDensity.current.density
    val paints = remember(colors, density) {
        MapPaints(colors.onSurface.toArgb(), colors.primary.toArgb(), colors.tertiary.toArgb(), colors.error.toArgb(), colors.surface.toArgb(), density)
    }
    val said = stringResource(R.string.map_said, state.drawn?.size ?: 0)
    val ready = remember(state.drawn, state.hidden, state.draftsHidden) {
        state.drawn?.let { Ready(it, state.hidden, state.draftsHidden) }
    }
    Box(modifier.fillMaxWidth().clipToBounds()) {
        Canvas(
            Modifier.fillMaxSize().testTag("map").semantics { contentDescription = said }
                .onSizeChanged { on(MapEvent.Sized(it.width, it.height)) }
                .pointerInput(Unit) {
                    detectTransformGestures { at, pan, zoom, _ -> on(MapEvent.Moved(pan.x, pan.y, zoom, at.x, at.y)) }
                }
                .pointerInput(Unit) { detectTapGestures { on(MapEvent.Touched(it.x, it.y, 24 * density)) } },
        ) {
            val view = state.view ?: return@Canvas
            drawIntoCanvas { canvas -> ready?.draw(canvas.nativeCanvas, view, state.place, paints) }
        }
        state.bar?.let { Bar(it, Modifier.align(Alignment.BottomStart)) }
    }
}

/** A length, as long as it is on the ground. */
@Composable
private fun Bar(bar: ScaleBar, modifier: Modifier) {
    val words = if (bar.metres < 1000) {
        stringResource(R.string.map_metres, bar.metres)
    } else {
        stringResource(R.string.map_kilometres, bar.metres / 1000)
    }
    val colors = MaterialTheme.colorScheme
    Column(modifier.padding(8.dp).background(colors.surface).padding(6.dp)) {
        Text(words, style = MaterialTheme.typography.bodyMedium, color = colors.onSurface)
        Box(Modifier.width(with(LocalDensity.current) { bar.px.toDp() }).height(4.dp).background(colors.onSurface))
    }
}

/** Signs that differ in shape, not in colour alone. */
private val MapStanding.sign
    get() = when (this) {
        MapStanding.RECEIVED -> "●"
        MapStanding.WAITING -> "■"
        MapStanding.REFUSED -> "✕"
        MapStanding.CONFLICT -> "◆"
    }

private val MapStanding.words
    get() = when (this) {
        MapStanding.RECEIVED -> R.string.map_received
        MapStanding.WAITING -> R.string.map_waiting
        MapStanding.REFUSED -> R.string.map_refused
        MapStanding.CONFLICT -> R.string.map_conflict
    }
