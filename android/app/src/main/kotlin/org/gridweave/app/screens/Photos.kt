package org.gridweave.app.screens

import org.gridweave.app.Parts
import org.gridweave.core.Trouble

/** The bytes of a photo; none for one that is not on this device. */
suspend fun Parts.photo(hash: String): ByteArray? = try {
    book.photo(hash)
} catch (_: Trouble) {
    null
}
