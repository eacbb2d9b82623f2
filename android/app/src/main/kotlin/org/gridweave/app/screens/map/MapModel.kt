package org.gridweave.app.screens.map

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.drop
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.MapView
import org.gridweave.core.Trouble
import org.gridweave.platform.Standing
import kotlin.math.roundToInt

/** Looks at the grids. The core draws for an area three times as wide as the screen; a new one is asked for near its edge. */
class MapModel(private val parts: Parts, private val kept: Kept) : Model<MapState, MapEvent>(MapState()) {
    private var drawing: Job? = null

    init {
        viewModelScope.launch { parts.location.standing().collect { place -> change { it.copy(place = place) } } }
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().drop(1).collect { look() } }
    }

    override fun MapState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun look() = draw()

    override fun on(event: MapEvent) {
        when (event) {
            is MapEvent.Sized -> sized(event.width, event.height)
            is MapEvent.Moved -> moved(event)
            is MapEvent.Zoomed -> now.view?.let { moved(MapEvent.Moved(0f, 0f, event.by, it.widthPx / 2f, it.heightPx / 2f)) }
            MapEvent.Here -> (now.place as? Standing.Here)?.reading?.let { here ->
                to { it.copy(latE7 = (here.latitude * 1e7).roundToInt(), lonE7 = (here.longitude * 1e7).roundToInt()) }
            }
            is MapEvent.Touched -> touched(event)
            MapEvent.Unpicked -> change { it.copy(picked = emptyList(), open = null) }
            is MapEvent.Shows -> change {
                it.copy(hidden = if (event.standing in it.hidden) it.hidden - event.standing else it.hidden + event.standing)
            }
        }
    }

    private fun sized(width: Int, height: Int) {
        val view = now.view
        if (view != null) return to { it.copy(widthPx = width, heightPx = height) }
        work {
            val types = parts.book.types()
            val first = read(kept[VIEW])?.copy(widthPx = width, heightPx = height) ?: parts.book.mapOfGrids(width, height)
            change { it.copy(view = first, types = types, empty = first == null) }
            draw()
        }
    }

    private fun moved(by: MapEvent.Moved) = to { it.moved(by.dx, by.dy, by.zoom, by.x, by.y) }

    private fun to(how: (MapView) -> MapView) {
        val view = how(now.view ?: return)
        kept[VIEW] = "${view.latE7} ${view.lonE7} ${view.metresPerPx}"
        change { it.copy(view = view) }
        if (now.drawn?.covers(view) != true) draw()
    }

    private fun draw() {
        val view = now.view ?: return
        drawing?.cancel()
        drawing = work {
            val drawn = parts.book.drawMap(view.copy(widthPx = view.widthPx * WIDER, heightPx = view.heightPx * WIDER))
            change { it.copy(drawn = drawn, trouble = null) }
        }
    }

    private fun touched(event: MapEvent.Touched) {
        val (view, drawn) = (now.view ?: return) to (now.drawn ?: return)
        val shift = drawn.shift(view)
        val (x, y) = shift.back(event.x, event.y)
        val found = drawn.about(x, y, event.within / shift.scale).filter { drawn.standing(it) !in now.hidden }
        when (found.size) {
            0 -> change { it.copy(picked = emptyList()) }
            1 -> change { it.copy(open = drawn.record(found.single())) }
            else -> work {
                val rows = found.take(PICKED).map { parts.book.page(drawn.record(it)).row }
                change { it.copy(picked = rows) }
            }
        }
    }

    private fun read(text: String?): MapView? {
        val (lat, lon, scale) = text?.split(" ") ?: return null
        return MapView(lat.toInt(), lon.toInt(), scale.toDouble(), 1, 1)
    }

    private companion object {
        const val VIEW = "view"
        const val WIDER = 3
        const val PICKED = 20
    }
}
