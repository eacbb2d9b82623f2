package org.gridweave.app.screens.map

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.MapView
import org.gridweave.core.Trouble
import org.gridweave.platform.Standing
import kotlin.math.cos
import kotlin.math.roundToInt

/** Looks at the grids. The core draws for an area three times as wide as the screen; a new one is asked for near its edge. */
class MapModel(private val parts: Parts, private val kept: Kept) : Model<MapState, MapEvent>(MapState()) {
    private var drawing: Job? = null

    init {
        viewModelScope.launch { parts.location.standing().collect { place -> change { it.copy(place = place) } } }
        viewModelScope.launch { parts.sync.now.collect { if (!it.running) look() } }
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

    private fun moved(by: MapEvent.Moved) = to { view ->
        val scale = (view.metresPerPx / by.zoom).coerceIn(0.05, 200.0)
        // What lies under the fingers stays under them.
        val (dx, dy) = (by.x - view.widthPx / 2f) to (by.y - view.heightPx / 2f)
        val east = -by.dx * view.metresPerPx + dx * (view.metresPerPx - scale)
        val south = -by.dy * view.metresPerPx + dy * (view.metresPerPx - scale)
        val perDegree = METRES * cos(Math.toRadians(view.latE7 / 1e7))
        view.copy(
            latE7 = (view.latE7 - south / METRES * 1e7).roundToInt(),
            lonE7 = (view.lonE7 + east / perDegree * 1e7).roundToInt(),
            metresPerPx = scale,
        )
    }

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
        const val METRES = 111_319.490_793
    }
}
