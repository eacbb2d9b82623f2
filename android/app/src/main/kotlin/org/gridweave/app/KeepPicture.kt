package org.gridweave.app

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.metres
import org.gridweave.core.Next
import org.gridweave.core.Room
import org.gridweave.core.Trouble
import org.gridweave.core.roomIn
import org.gridweave.platform.Pictures
import org.gridweave.platform.Standing
import java.util.Locale

/**
 * Keeps a picture of the camera or of another app in the field book, in the size and form that all pictures have;
 * answers its hash. [marked]: with the mark, where it is chosen. Refused while there is no room for pictures: the room that is left is for records.
 */
suspend fun Parts.keepPicture(bytes: ByteArray, standing: Standing?, marked: Boolean = true): String {
    wantRoom()
    val mark = if (marked && services.chosen.watermark) mark(standing) else emptyList()
    val kept = withContext(Dispatchers.Default) { Pictures.prepare(bytes, mark) }
        ?: throw Trouble(Next.REFUSED, "no_picture", "bytes that are no picture")
    return book.addPhoto(kept)
}

/** Keeps a recording in the field book; answers its hash. Refused like a picture. */
suspend fun Parts.keepSound(bytes: ByteArray): String {
    wantRoom()
    return book.addPhoto(bytes)
}

private fun Parts.wantRoom() {
    if (roomIn(device.storageFreeMib()) == Room.NONE_FOR_PHOTOS) {
        throw Trouble(Next.REFUSED, "no_room_for_photos", "less storage is free than is left for records")
    }
}

/** When by the server's clock, where, who: what an inspector wants to read off a print. */
private suspend fun Parts.mark(standing: Standing?): List<String> {
    val offset = book.safe().clockOffsetMs ?: 0
    val grid = book.grids().singleOrNull()?.name
    val here = (standing as? Standing.Here)?.reading
    val at = here?.let { "%.5f, %.5f ±%s m".format(Locale.ROOT, it.latitude, it.longitude, metres((it.accuracyM * 10).toInt())) }
    return listOf(
        listOfNotNull(cityTime(System.currentTimeMillis() + offset), grid).joinToString(" · "),
        listOfNotNull(book.me()?.name, at).joinToString(" · "),
    ).filter { it.isNotBlank() }
}
