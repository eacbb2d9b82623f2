package org.gridweave.core

import kotlin.math.cos

/** What a map looks at: its middle (degrees × 10⁷), metres of a pixel, its size in pixels. */
data class MapView(val latE7: Int, val lonE7: Int, val metresPerPx: Double, val widthPx: Int, val heightPx: Int) {
    /** Metres of 10⁻⁷ degrees of longitude here. */
    private val metresEast get() = METRES * cos(Math.toRadians(latE7 / 1e7))

    /** Where a place lies, pixels from the left upper corner: the core's own projection, once more for each frame. */
    fun place(latE7: Double, lonE7: Double): Pair<Float, Float> {
        val x = widthPx / 2.0 + (lonE7 - this.lonE7) * metresEast / metresPerPx
        val y = heightPx / 2.0 + (this.latE7 - latE7) * METRES / metresPerPx
        return x.toFloat() to y.toFloat()
    }

    private companion object {
        /** Metres of 10⁻⁷ degrees of latitude, as in the core. */
        const val METRES = 111_319.490_793 / 1e7
    }
}

/** What a map draws for [view], pixels from its left upper corner. */
class MapList(
    val view: MapView,
    val outlines: List<MapOutline>,
    /** Places of the marks, x and y by turns; the urgent ones come last. */
    val places: FloatArray,
    private val standings: ByteArray,
    private val records: ByteArray,
    /** In the place of marks where there are too many: x, y and count by turns. */
    val cells: FloatArray,
    /** Drafts that have a place. */
    val drafts: List<MapDraft> = emptyList(),
) {
    val size get() = standings.size

    fun standing(at: Int) = MapStanding.entries[standings[at].toInt()]

    /** The record of a mark. */
    fun record(at: Int): String {
        val hex = (0 until 16).joinToString("") { "%02x".format(records[at * 16 + it]) }
        return listOf(0..7, 8..11, 12..15, 16..19, 20..31).joinToString("-") { hex.substring(it) }
    }

    /** The marks about a place, nearest first. */
    fun about(x: Float, y: Float, within: Float): List<Int> = (0 until size)
        .map { at -> at to square(places[2 * at] - x) + square(places[2 * at + 1] - y) }
        .filter { it.second <= square(within) }.sortedBy { it.second }.map { it.first }

    /** The drafts about a place, nearest first. */
    fun draftsAbout(x: Float, y: Float, within: Float): List<MapDraft> = drafts
        .map { it to square(it.x - x) + square(it.y - y) }
        .filter { it.second <= square(within) }.sortedBy { it.second }.map { it.first }

    private fun square(x: Float) = x * x
}

/** A draft at its place. */
data class MapDraft(val id: Long, val type: Int, val record: String?, val x: Float, val y: Float)

/** A length to compare the map with: what it stands for, and how many pixels long it is drawn. */
data class ScaleBar(val metres: Int, val px: Float)

/** A grid's outline: x and y of its corners by turns. */
class MapOutline(val grid: String, val name: String, val corners: FloatArray)

/** How a record stands, the more urgent later. */
enum class MapStanding { RECEIVED, WAITING, REFUSED, CONFLICT }
