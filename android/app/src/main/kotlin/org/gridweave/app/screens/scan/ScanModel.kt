package org.gridweave.app.screens.scan

import android.content.Context
import org.gridweave.app.Services
import org.gridweave.app.screens.Model
import org.gridweave.app.ui.CameraNow
import org.gridweave.core.Trouble
import org.gridweave.platform.CameraHeard
import org.gridweave.platform.CameraSession
import org.gridweave.platform.CameraTrouble
import org.gridweave.platform.Frame
import org.gridweave.platform.Shot

/** Looks for a code in what the camera sees, until there is one. */
class ScanModel(private val services: Services) : Model<ScanState, ScanEvent>(ScanState()) {
    private var session: CameraSession? = null

    override fun ScanState.with(trouble: Trouble) = this

    override fun look() = Unit

    override fun on(event: ScanEvent) {
        when (event) {
            ScanEvent.Torch -> {
                change { it.copy(torch = !it.torch) }
                session?.torch(now.torch)
            }
            ScanEvent.Again -> change { it.copy(camera = CameraNow.Starting, torch = false, attempt = it.attempt + 1) }
            is ScanEvent.Heard -> found(event.code)
        }
    }

    /** Opens the camera for a screen; the screen closes it. */
    fun open(context: Context): CameraSession = services.camera.open(context, Shot.FRAMES, Heard()).also { session = it }

    private fun found(code: String) = change { if (it.found == null) it.copy(found = code) else it }

    private inner class Heard : CameraHeard {
        override fun ready(torch: Boolean) = change { it.copy(camera = CameraNow.Ready(torch)) }

        /** On the camera's thread: frames that come meanwhile are left out. */
        override fun frame(frame: Frame) {
            if (now.found == null) services.decode(frame)?.let(::found)
        }

        override fun failed(trouble: CameraTrouble) =
            change { it.copy(camera = CameraNow.Failed(trouble), torch = false) }
    }
}
