package org.gridweave.app.screens.photo

import android.content.Context
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeoutOrNull
import org.gridweave.app.Parts
import org.gridweave.app.keepPicture
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.photo
import org.gridweave.app.ui.CameraNow
import org.gridweave.core.Next
import org.gridweave.core.Trouble
import org.gridweave.platform.CameraHeard
import org.gridweave.platform.CameraSession
import org.gridweave.platform.CameraTrouble
import org.gridweave.platform.Shot
import org.gridweave.platform.Standing

/**
 * Takes one picture. What was taken is kept in the field book at once, so that nothing is lost when the process ends
 * before the person has looked at it; one that is not used is forgotten by the core after a week.
 */
class PhotoModel(private val parts: Parts, taken: String?) :
    Model<PhotoState, PhotoEvent>(PhotoState(taken = taken)) {
    private var session: CameraSession? = null

    override fun PhotoState.with(trouble: Trouble) = copy(busy = false, trouble = trouble)

    override fun look() = Unit

    override fun on(event: PhotoEvent) {
        when (event) {
            PhotoEvent.Shutter -> if (!now.busy) {
                change { it.copy(busy = true, trouble = null) }
                session?.take()
            }
            PhotoEvent.Torch -> {
                change { it.copy(torch = !it.torch) }
                session?.torch(now.torch)
            }
            PhotoEvent.Retake -> again(taken = null)
            PhotoEvent.Again -> again(now.taken)
            is PhotoEvent.Picked -> {
                change { it.copy(busy = true, trouble = null) }
                work(parts.scope) {
                    keep(parts.read(event.uri) ?: throw Trouble(Next.REFUSED, "no_picture", "it cannot be read"))
                }
            }
        }
    }

    /** Opens the camera for a screen; the screen closes it. */
    fun open(context: Context): CameraSession =
        parts.services.camera.open(context, Shot.PICTURE, Heard()).also { session = it }

    /** The bytes of the picture that was taken. */
    suspend fun photo(hash: String) = parts.photo(hash)

    private fun again(taken: String?) = change {
        val camera = CameraNow.Starting
        val attempt = it.attempt + 1
        it.copy(camera = camera, torch = false, attempt = attempt, busy = false, taken = taken, trouble = null)
    }

    private suspend fun keep(bytes: ByteArray) {
        val standing = withTimeoutOrNull(PLACE_WAIT_MS) { parts.location.standing().first { it is Standing.Here } }
        val hash = parts.keepPicture(bytes, standing)
        change { it.copy(busy = false, taken = hash) }
    }

    private inner class Heard : CameraHeard {
        override fun ready(torch: Boolean) = change { it.copy(camera = CameraNow.Ready(torch)) }

        override fun picture(jpeg: ByteArray) {
            // Goes on when the screen is left: it was taken.
            work(parts.scope) { keep(jpeg) }
        }

        override fun failed(trouble: CameraTrouble) =
            change { it.copy(camera = CameraNow.Failed(trouble), torch = false, busy = false) }
    }

    private companion object {
        /** The form's receiver is warm; without it the mark does without a place. */
        const val PLACE_WAIT_MS = 300L
    }
}
