package org.gridweave.app.screens.map

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.gestures.detectTransformGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
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
import org.gridweave.app.ui.FullPage
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.words
import org.gridweave.core.MapStanding

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
            Ground(state, on, Modifier.weight(1f))
            Picked(state, on, go)
            if (state.picked.isEmpty()) Legend(state, on)
        }
    }
}

/** What lies at the point that was touched, where it is several. */
@Composable
private fun Picked(state: MapState, on: (MapEvent) -> Unit, go: (Place) -> Unit) {
    if (state.picked.isEmpty()) return
    BackHandler { on(MapEvent.Unpicked) }
    LazyColumn(Modifier.heightIn(max = 220.dp).padding(12.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        items(state.picked, key = { it.record }) { RowCard(it, state.types) { go(Place.Record(it.record)) } }
    }
}

/** What the signs mean; a touch hides them. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Legend(state: MapState, on: (MapEvent) -> Unit) {
    FlowRow(Modifier.padding(12.dp, 8.dp), Arrangement.spacedBy(8.dp), Arrangement.spacedBy(8.dp)) {
        for (standing in MapStanding.entries) {
            val sign = if (standing in state.hidden) "☐" else "☑"
            SideButton("$sign ${standing.sign} ${stringResource(standing.words)}") { on(MapEvent.Shows(standing)) }
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
    val ready = remember(state.drawn, state.hidden) { state.drawn?.let { Ready(it, state.hidden) } }
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
