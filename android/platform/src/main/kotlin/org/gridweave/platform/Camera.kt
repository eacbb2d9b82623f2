package org.gridweave.platform

import android.content.Context
import android.view.View

/** What the camera is wanted for. */
enum class Shot {
    /** Frames to look for codes in. */
    FRAMES,

    /** A picture when it is asked for. */
    PICTURE,
}

/** Why there is no picture. Each wants something else of the person. */
enum class CameraTrouble {
    /** The person has not allowed it. */
    NOT_ALLOWED,

    /** The device has none. */
    NONE,

    /** Another app has it. */
    IN_USE,

    /** The system took it away in the middle: another app of higher rank, heat, a dead camera service. */
    DISCONNECTED,

    /** The organisation's management of devices forbids it. */
    FORBIDDEN,

    /** It does not work. */
    BROKEN,
}

/** The bright part of a frame: [height] rows of [width] bytes, each row [rowStride] bytes after the one before. */
class Frame(val luma: ByteArray, val width: Int, val height: Int, val rowStride: Int)

/** Hears what the camera does. Called on a thread of the camera; return at once. */
interface CameraHeard {
    /** It shows what it sees; [torch]: it has a light. */
    fun ready(torch: Boolean) = Unit

    /** One frame; the next ones are left out until this call returns. */
    fun frame(frame: Frame) = Unit

    /** The picture that was asked for, a JPEG file. */
    fun picture(jpeg: ByteArray) = Unit

    /** It ended; nothing is told after this. Open it again to go on. */
    fun failed(trouble: CameraTrouble)
}

/** A camera that is open while its [view] can be seen, until it is closed. */
interface CameraSession : AutoCloseable {
    /** What it sees, to be put into a screen: upright, [aspect] wide for each high. */
    val view: View

    /** Width by height of the upright picture. */
    val aspect: Float

    fun torch(on: Boolean)

    /** Takes a picture; it comes to [CameraHeard.picture]. */
    fun take()
}

/** The camera at the back. */
fun interface Camera {
    /** Opens it as soon as the session's view is on a screen. */
    fun open(context: Context, shot: Shot, heard: CameraHeard): CameraSession
}
