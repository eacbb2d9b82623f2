package org.gridweave.app.screens.map

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.drop
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.Place
import org.gridweave.app.screens.Model
import org.gridweave.core.MapDraft
import org.gridweave.core.MapView
import org.gridweave.core.Trouble
import org.gridweave.core.moved
import org.gridweave.core.scaleBar
import org.gridweave.platform.Standing
import kotlin.math.roundToInt

/** Looks at the grids. The core draws for an area three times as wide as the screen; a new one is asked for near its edge. */
class MapModel(private val parts: Parts, private val kept: Kept) :
    Model<MapState, MapEvent>(MapState(type = kept[TYPE]?.toIntOrNull())) {
    private var beginning: Job? = null
    private var drawing: Job? = null
    private var picking: Job? = null

    /** Pixels of the map; none before it was laid out. */
    private var size: Pair<Int, Int>? = null

    init {
        viewModelScope.launch { parts.location.standing().collect { place -> change { it.copy(place = place) } } }
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().drop(1).collect { look() } }
    }

    override fun MapState.with(trouble: Trouble) = copy(trouble = trouble)

    /** The grids may have come only now. */
    override fun look() = if (now.view == null) begin() else draw()

    override fun on(event: MapEvent) {
        when (event) {
            is MapEvent.Sized -> sized(event.width, event.height)
            is MapEvent.Moved -> to { it.moved(event.dx, event.dy, event.zoom, event.x, event.y) }
            is MapEvent.Zoomed -> to { it.moved(0f, 0f, event.by, it.widthPx / 2f, it.heightPx / 2f) }
            MapEvent.Here -> (now.place as? Standing.Here)?.reading?.let { here ->
                to { it.copy(latE7 = (here.latitude * 1e7).roundToInt(), lonE7 = (here.longitude * 1e7).roundToInt()) }
            }
            is MapEvent.Touched -> touched(event)
            MapEvent.Unpicked -> pick { it.copy(picked = emptyList(), pickedDrafts = emptyList(), open = null) }
            is MapEvent.Shows -> change {
                it.copy(hidden = if (event.standing in it.hidden) it.hidden - event.standing else it.hidden + event.standing)
            }
            MapEvent.ShowsDrafts -> change { it.copy(draftsHidden = !it.draftsHidden) }
            is MapEvent.Only -> {
                kept[TYPE] = event.type?.toString()
                change { it.copy(type = event.type) }
                draw()
            }
        }
    }

    private fun sized(width: Int, height: Int) {
        size = width to height
        if (now.view == null) begin() else to { it.copy(widthPx = width, heightPx = height) }
    }

    /** Finds the first view, for the size that the map has by then. */
    private fun begin() {
        val (width, height) = size ?: return
        beginning?.cancel()
        beginning = work {
            val types = parts.book.types()
            val first = read(kept[VIEW])?.copy(widthPx = width, heightPx = height) ?: parts.book.mapOfGrids(width, height)
            change { it.copy(view = first, bar = first?.bar(), types = types, empty = first == null) }
            draw()
        }
    }

    private fun to(how: (MapView) -> MapView) {
        val before = now.view ?: return
        val view = how(before)
        kept[VIEW] = "${view.latE7} ${view.lonE7} ${view.metresPerPx}"
        // A drag leaves the scale as it is.
        val same = view.metresPerPx == before.metresPerPx && view.widthPx == before.widthPx
        change { it.copy(view = view, bar = if (same) it.bar else view.bar()) }
        if (now.drawn?.covers(view) != true) draw()
    }

    private fun MapView.bar() = scaleBar(widthPx / 3f)

    private fun draw() {
        val (view, type) = (now.view ?: return) to now.type
        drawing?.cancel()
        drawing = work {
            val drawn = parts.book.drawMap(view.copy(widthPx = view.widthPx * WIDER, heightPx = view.heightPx * WIDER), type)
            val counts = parts.book.counts().groupBy { it.type }.mapValues { of -> of.value.sumOf { it.count } }
            change { it.copy(drawn = drawn, counts = counts, trouble = null) }
        }
    }

    private fun touched(event: MapEvent.Touched) {
        val (view, drawn) = (now.view ?: return) to (now.drawn ?: return)
        val shift = drawn.shift(view)
        val (x, y) = shift.back(event.x, event.y)
        val within = event.within / shift.scale
        val found = drawn.about(x, y, within).filter { drawn.standing(it) !in now.hidden }.map { drawn.record(it) }
        val drafts = if (now.draftsHidden) emptyList() else drawn.draftsAbout(x, y, within)
        when (found.size + drafts.size) {
            0 -> pick { it.copy(picked = emptyList(), pickedDrafts = emptyList()) }
            1 -> pick { it.copy(open = drafts.firstOrNull()?.place() ?: Place.Record(found.single())) }
            else -> {
                picking?.cancel()
                picking = work {
                    val rows = found.take(PICKED).map { parts.book.page(it).row }
                    change { it.copy(picked = rows, pickedDrafts = drafts) }
                }
            }
        }
    }

    /** What was touched before is not waited for any more. */
    private fun pick(how: (MapState) -> MapState) {
        picking?.cancel()
        change(how)
    }

    private fun read(text: String?): MapView? {
        val (lat, lon, scale) = text?.split(" ") ?: return null
        return MapView(lat.toInt(), lon.toInt(), scale.toDouble(), 1, 1)
    }

    private companion object {
        const val VIEW = "view"
        const val TYPE = "type"
        const val WIDER = 3
        const val PICKED = 20
    }
}

/** The form that a draft is taken up in. */
internal fun MapDraft.place() = Place.Form(type, record, id, id)
