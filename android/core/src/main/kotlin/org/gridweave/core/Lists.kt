package org.gridweave.core

/** Which records a list shows: of a type, in a grid, only such as want to be visited. */
data class ListFilter(val type: Int? = null, val grid: String? = null, val due: Boolean = false)

/** The row that a page ended with. */
data class ListEnd(val updatedMs: Long, val record: String)

/** A page of the list, newest change first; [next] is where the one after it begins, none after the last. */
data class ListPage(val rows: List<Listed>, val next: ListEnd?)

/** A record in the list: how the own changes to it stand, and whether it wants to be visited. */
data class Listed(val row: Row, val standing: MapStanding, val due: Boolean)

/** Living records of a type in a grid: how many, and how many of them want to be visited. */
data class RecordCount(val type: Int, val grid: String?, val count: Long, val due: Long)
