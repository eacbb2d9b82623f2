package org.gridweave.core

import org.gridweave.ffi.room
import org.gridweave.ffi.Room as FfiRoom

/** Room on a phone. Records are small and always saved; pictures wait until there is room. */
enum class Room { ENOUGH, LOW, NONE_FOR_PHOTOS }

/** What so much free storage, mebibytes, is enough for. */
fun roomIn(freeMib: Int): Room = when (room(freeMib.coerceAtLeast(0).toUInt())) {
    FfiRoom.ENOUGH -> Room.ENOUGH
    FfiRoom.LOW -> Room.LOW
    FfiRoom.NONE_FOR_PHOTOS -> Room.NONE_FOR_PHOTOS
}

/** Whether a clock that differs by so many milliseconds from the server's misleads who reads times. */
fun clockMisleads(offsetMs: Long): Boolean = org.gridweave.ffi.clockMisleads(offsetMs)

/** What the screens of the PIN hold to; [tries] wrong ones in a row, and this phone cannot open its field book any more. */
data class PinLimits(val digitsLeast: Int, val digitsMost: Int, val tries: Int, val askedAfterMs: Long)

/** The core's. */
val pinLimits: PinLimits by lazy {
    val told = org.gridweave.ffi.pinLimits()
    PinLimits(told.digitsLeast.toInt(), told.digitsMost.toInt(), told.tries.toInt(), told.askedAfterMs.toLong())
}
