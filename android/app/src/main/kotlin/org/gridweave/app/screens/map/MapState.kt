package org.gridweave.app.screens.map

import org.gridweave.app.Place
import org.gridweave.core.MapDraft
import org.gridweave.core.MapList
import org.gridweave.core.MapStanding
import org.gridweave.core.MapView
import org.gridweave.core.RecordType
import org.gridweave.core.Row
import org.gridweave.core.ScaleBar
import org.gridweave.core.Trouble
import org.gridweave.platform.Standing

data class MapState(
    /** What is looked at now; none before the size of the screen and a grid are known. */
    val view: MapView? = null,
    /** What was drawn last, for a larger view than the screen. */
    val drawn: MapList? = null,
    /** Records that are not to be seen. */
    val hidden: Set<MapStanding> = emptySet(),
    val draftsHidden: Boolean = false,
    /** The only type that is drawn; all where there is none. */
    val type: Int? = null,
    /** Types of which there is a record, and how many. */
    val counts: Map<Int, Long> = emptyMap(),
    val bar: ScaleBar? = null,
    val place: Standing = Standing.Searching,
    /** The records at the point that was touched, where there are several. */
    val picked: List<Row> = emptyList(),
    val pickedDrafts: List<MapDraft> = emptyList(),
    val types: Map<Int, RecordType> = emptyMap(),
    /** The one thing that was touched. */
    val open: Place? = null,
    /** No grid is known yet. */
    val empty: Boolean = false,
    val trouble: Trouble? = null,
)
