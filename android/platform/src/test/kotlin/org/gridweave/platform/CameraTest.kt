package org.gridweave.platform

import android.Manifest
import android.app.Application
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice
import android.os.Looper
import android.util.Size
import android.view.Surface
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/**
 * What the camera says before it opens, and what is made of the framework's words. Opening itself is not run: Robolectric's
 * camera asks for a class of a later Android, and no picture would come out of it.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [26, 34], manifest = Config.NONE)
class CameraTest {
    private val app: Application = RuntimeEnvironment.getApplication()
    private val surface = Surface(SurfaceTexture(1))
    private val troubles = LinkedBlockingQueue<CameraTrouble>()
    private val heard = object : CameraHeard {
        override fun failed(trouble: CameraTrouble) {
            troubles.add(trouble)
        }
    }

    @After
    fun close() = surface.release()

    private fun open(shot: Shot = Shot.FRAMES): Camera2Session =
        Camera2Session(app, shot, heard).also { it.show(surface) }

    private fun trouble(): CameraTrouble? {
        repeat(100) {
            shadowOf(Looper.getMainLooper()).idle()
            troubles.poll(50, TimeUnit.MILLISECONDS)?.let { return it }
        }
        return null
    }

    @Test
    fun `without permission, without a camera, each says so once`() {
        open().use { assertEquals(CameraTrouble.NOT_ALLOWED, trouble()) }
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        open(Shot.PICTURE).use { assertEquals(CameraTrouble.NONE, trouble()) }
        assertEquals(0, troubles.size)
    }

    @Test
    fun `what the framework says is told as what the person can do`() {
        val states = mapOf(
            CameraDevice.StateCallback.ERROR_CAMERA_IN_USE to CameraTrouble.IN_USE,
            CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE to CameraTrouble.IN_USE,
            CameraDevice.StateCallback.ERROR_CAMERA_DISABLED to CameraTrouble.FORBIDDEN,
            CameraDevice.StateCallback.ERROR_CAMERA_SERVICE to CameraTrouble.DISCONNECTED,
            CameraDevice.StateCallback.ERROR_CAMERA_DEVICE to CameraTrouble.BROKEN,
        )
        for ((said, told) in states) assertEquals(told, troubleOf(said))
        val reasons = mapOf(
            CameraAccessException.CAMERA_IN_USE to CameraTrouble.IN_USE,
            CameraAccessException.CAMERA_DISABLED to CameraTrouble.FORBIDDEN,
            CameraAccessException.CAMERA_DISCONNECTED to CameraTrouble.DISCONNECTED,
            CameraAccessException.CAMERA_ERROR to CameraTrouble.BROKEN,
        )
        for ((said, told) in reasons) assertEquals(told, troubleOf(CameraAccessException(said)))
    }

    @Test
    fun `sizes and turns fit what is kept`() {
        val sizes = listOf(Size(4608, 3456), Size(2592, 1944), Size(1920, 1080), Size(1280, 720), Size(640, 480))
        assertEquals(Size(1280, 720), forPreview(sizes))
        assertEquals(Size(2592, 1944), forPicture(sizes))
        assertEquals("a poor camera gives all it has", Size(1600, 1200), forPicture(listOf(Size(640, 480), Size(1600, 1200))))
        assertEquals(90, jpegOrientation(90, 0))
        assertEquals(0, jpegOrientation(90, 90))
        assertEquals(180, jpegOrientation(90, 270))
    }
}
