package org.gridweave.app.screens.lost

import android.content.Intent
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.gridweave.app.screens.Model
import org.gridweave.core.Keys
import org.gridweave.core.Next
import org.gridweave.core.Trouble
import org.gridweave.platform.Rescue
import java.io.File
import java.io.IOException

/** A field book that does not open: handed over as it lies, or set aside for a new one. */
class LostModel(
    code: String,
    private val keys: Keys,
    private val rescue: Rescue,
    private val folder: File,
    private val close: suspend () -> Unit,
    private val share: (Intent) -> Unit,
    private val again: () -> Unit,
) : Model<LostState, LostEvent>(LostState(code)) {
    private var settingAside = false

    override fun LostState.with(trouble: Trouble) = copy(packing = null, trouble = trouble)

    override fun look() = Unit

    override fun on(event: LostEvent) {
        when (event) {
            LostEvent.Again -> again()
            LostEvent.Anew -> change { it.copy(sure = true) }
            LostEvent.NotYet -> change { it.copy(sure = false) }
            LostEvent.AnewReally -> if (now.packing == null && !settingAside) beginAnew()
            LostEvent.HandOver -> if (now.packing == null && !settingAside) handOver()
        }
    }

    private fun beginAnew() {
        settingAside = true
        work {
            try {
                close()
                keys.setAside()
                // Touched twice, the new one is not set aside as well.
                change { it.copy(sure = false) }
                again()
            } finally {
                settingAside = false
            }
        }
    }

    private fun handOver() {
        change { it.copy(packing = 0f, trouble = null) }
        work {
            // Closed before it is packed, so that the file holds all of it.
            close()
            val packed = rescue.packed(listOf(folder)) { part -> change { it.copy(packing = part) } }
            change { it.copy(packing = null) }
            share(rescue.offer(packed))
        }
    }
}

/** Packs on a thread of its own; that there is no room comes as a [Trouble]. */
suspend fun Rescue.packed(folders: List<File>, told: (Float) -> Unit = {}): List<File> = withContext(Dispatchers.IO) {
    try {
        pack(folders, told)
    } catch (full: IOException) {
        throw Trouble(Next.REFUSED, "storage_full", "the rescue file cannot be written: ${full.javaClass.simpleName}")
    }
}
