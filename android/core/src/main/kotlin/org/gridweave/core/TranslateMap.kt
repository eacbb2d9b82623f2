package org.gridweave.core

import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.gridweave.ffi.MapList as FfiMapList
import org.gridweave.ffi.View as FfiView

internal fun FfiView.ours() = MapView(latE7, lonE7, metresPerPx, widthPx.toInt(), heightPx.toInt())

internal fun MapView.theirs() = FfiView(latE7, lonE7, metresPerPx, widthPx.toUInt(), heightPx.toUInt())

internal fun FfiMapList.ours(view: MapView) = MapList(
    view,
    outlines.map { MapOutline(it.grid, it.name, it.corners.floats()) },
    places.floats(),
    standings,
    records,
    cells.floats(),
    drafts.map { MapDraft(it.id, it.recordType.toInt(), it.record, it.x, it.y) },
)

private fun ByteArray.floats(): FloatArray {
    val floats = ByteBuffer.wrap(this).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
    return FloatArray(floats.remaining()).also { floats.get(it) }
}
