package org.gridweave.core

import org.gridweave.ffi.ListEnd as FfiListEnd
import org.gridweave.ffi.ListFilter as FfiListFilter
import org.gridweave.ffi.ListPage as FfiListPage
import org.gridweave.ffi.Listed as FfiListed
import org.gridweave.ffi.RecordCount as FfiRecordCount
import org.gridweave.ffi.Standing as FfiStanding

internal fun ListFilter.theirs() = FfiListFilter(type?.toUShort(), grid, due)

internal fun ListEnd.theirs() = FfiListEnd(updatedMs, record)

internal fun FfiListPage.ours() = ListPage(rows.map { it.ours() }, next?.let { ListEnd(it.updatedMs, it.record) })

private fun FfiListed.ours() = Listed(row.ours(), standing.ours(), due)

internal fun FfiRecordCount.ours() = RecordCount(recordType.toInt(), grid, count.toLong(), due.toLong())

private fun FfiStanding.ours() = when (this) {
    FfiStanding.RECEIVED -> MapStanding.RECEIVED
    FfiStanding.WAITING -> MapStanding.WAITING
    FfiStanding.REFUSED -> MapStanding.REFUSED
    FfiStanding.CONFLICT -> MapStanding.CONFLICT
}
