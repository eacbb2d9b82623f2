package org.gridweave.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.util.Size
import android.view.Surface
import android.view.SurfaceHolder
import android.view.SurfaceView
import android.view.View
import android.view.WindowManager

/** The camera through the framework's Camera2 alone. */
class DeviceCamera : Camera {
    override fun open(context: Context, shot: Shot, heard: CameraHeard): CameraSession =
        Camera2Session(context, shot, heard)
}

/** All of it runs on one thread of its own; [end] is final, from whatever side it comes. */
internal class Camera2Session(
    private val context: Context,
    private val shot: Shot,
    private val heard: CameraHeard,
) : CameraSession, SurfaceHolder.Callback {
    private val manager = context.getSystemService(CameraManager::class.java)
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val chosen: Pair<String, CameraCharacteristics>? = choose()
    private val previewSize: Size = sizes(SurfaceTexture::class.java).let(::forPreview)
    private var device: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var reader: ImageReader? = null
    private var surface: Surface? = null
    private var light = false
    private var ended = false

    override val aspect: Float = if (turned()) {
        previewSize.height.toFloat() / previewSize.width
    } else {
        previewSize.width.toFloat() / previewSize.height
    }

    override val view: View = SurfaceView(context).also {
        it.holder.setFixedSize(previewSize.width, previewSize.height)
        it.holder.addCallback(this)
    }

    override fun surfaceCreated(holder: SurfaceHolder) = show(holder.surface)

    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) = Unit

    /** The screen was left or lies under another: whoever comes next may have the camera. */
    override fun surfaceDestroyed(holder: SurfaceHolder) = release()

    override fun torch(on: Boolean) {
        handler.post {
            light = on
            repeat()
        }
    }

    override fun take() {
        handler.post {
            attempt {
                val device = device ?: return@attempt
                val request = device.createCaptureRequest(CameraDevice.TEMPLATE_STILL_CAPTURE).apply {
                    reader?.let { addTarget(it.surface) }
                    common()
                    set(CaptureRequest.JPEG_ORIENTATION, jpegOrientation(sensorDegrees(), displayDegrees()))
                    set(CaptureRequest.JPEG_QUALITY, JPEG_QUALITY)
                }
                session?.capture(request.build(), null, handler)
            }
        }
    }

    override fun close() {
        release()
        handler.post {
            ended = true
            thread.quitSafely()
        }
    }

    /** Opens the camera onto a surface. */
    @SuppressLint("MissingPermission") // asked first
    internal fun show(surface: Surface) {
        handler.post {
            if (ended || device != null) return@post
            this.surface = surface
            if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
                return@post fail(CameraTrouble.NOT_ALLOWED)
            }
            val id = chosen?.first ?: return@post fail(CameraTrouble.NONE)
            attempt { manager.openCamera(id, opened, handler) }
        }
    }

    private fun release() {
        handler.post { letGo() }
    }

    private val opened = object : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            if (ended) return letGo()
            attempt { begin(camera) }
        }

        override fun onDisconnected(camera: CameraDevice) {
            device = camera
            fail(CameraTrouble.DISCONNECTED)
        }

        override fun onError(camera: CameraDevice, error: Int) {
            device = camera
            fail(troubleOf(error))
        }
    }

    @Suppress("DEPRECATION") // what replaces it is not there before Android 9
    private fun begin(camera: CameraDevice) {
        val reader = newReader()
        this.reader = reader
        val shown = surface ?: return letGo()
        camera.createCaptureSession(
            listOf(shown, reader.surface),
            object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    this@Camera2Session.session = session
                    repeat()
                    if (!ended) heard.ready(chosen?.second?.get(CameraCharacteristics.FLASH_INFO_AVAILABLE) == true)
                }

                override fun onConfigureFailed(session: CameraCaptureSession) = fail(CameraTrouble.BROKEN)
            },
            handler,
        )
    }

    private fun newReader(): ImageReader {
        val format = if (shot == Shot.FRAMES) ImageFormat.YUV_420_888 else ImageFormat.JPEG
        val size = if (shot == Shot.FRAMES) forPreview(sizes(format)) else forPicture(sizes(format))
        return ImageReader.newInstance(size.width, size.height, format, 2).apply {
            setOnImageAvailableListener({ from ->
                val image = try {
                    from.acquireLatestImage()
                } catch (_: IllegalStateException) {
                    null // it was closed meanwhile
                }
                image?.use(::tell)
            }, handler)
        }
    }

    private fun tell(image: Image) {
        if (ended) return
        val plane = image.planes[0]
        val bytes = ByteArray(plane.buffer.remaining()).also(plane.buffer::get)
        when (shot) {
            Shot.FRAMES -> heard.frame(Frame(bytes, image.width, image.height, plane.rowStride))
            Shot.PICTURE -> heard.picture(bytes)
        }
    }

    private fun repeat() = attempt {
        val device = device ?: return@attempt
        val session = session ?: return@attempt
        val request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
            surface?.let(::addTarget)
            if (shot == Shot.FRAMES) reader?.let { addTarget(it.surface) }
            common()
        }
        session.setRepeatingRequest(request.build(), null, handler)
    }

    private fun CaptureRequest.Builder.common() {
        set(CaptureRequest.CONTROL_AF_MODE, CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        set(CaptureRequest.CONTROL_AE_MODE, CameraMetadata.CONTROL_AE_MODE_ON)
        val flash = if (light) CameraMetadata.FLASH_MODE_TORCH else CameraMetadata.FLASH_MODE_OFF
        set(CaptureRequest.FLASH_MODE, flash)
    }

    private fun attempt(work: () -> Unit) = try {
        work()
    } catch (_: SecurityException) {
        fail(CameraTrouble.NOT_ALLOWED)
    } catch (why: CameraAccessException) {
        fail(troubleOf(why))
    } catch (_: IllegalStateException) {
        fail(CameraTrouble.DISCONNECTED)
    } catch (_: IllegalArgumentException) {
        fail(CameraTrouble.BROKEN)
    }

    private fun fail(trouble: CameraTrouble) {
        letGo()
        if (ended) return
        ended = true
        heard.failed(trouble)
    }

    private fun letGo() {
        session?.runCatching { close() }
        device?.runCatching { close() }
        reader?.close()
        session = null
        device = null
        reader = null
    }

    private fun choose(): Pair<String, CameraCharacteristics>? = try {
        val all = manager.cameraIdList.map { it to manager.getCameraCharacteristics(it) }
        all.find { it.second.get(CameraCharacteristics.LENS_FACING) == CameraMetadata.LENS_FACING_BACK }
            ?: all.firstOrNull()
    } catch (_: CameraAccessException) {
        null
    } catch (_: IllegalArgumentException) {
        null // it was pulled out between the two questions
    }

    private fun map() = chosen?.second?.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)

    private fun sizes(of: Class<*>): List<Size> = map()?.getOutputSizes(of)?.toList().orEmpty()

    private fun sizes(format: Int): List<Size> = map()?.getOutputSizes(format)?.toList().orEmpty()

    private fun sensorDegrees() = chosen?.second?.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 90

    @Suppress("DEPRECATION") // what replaces it is not there before Android 11
    private fun displayDegrees() = context.getSystemService(WindowManager::class.java).defaultDisplay.rotation * 90

    private fun turned() = (sensorDegrees() - displayDegrees()) % 180 != 0

    private companion object {
        const val JPEG_QUALITY: Byte = 92
    }
}

/** Enough for codes and for the eye, and quick on a cheap device: at most 1280 × 720. */
internal fun forPreview(sizes: List<Size>): Size = sizes
    .filter { maxOf(it.width, it.height) <= 1280 && minOf(it.width, it.height) <= 720 }
    .maxByOrNull { it.width * it.height } ?: Size(640, 480)

/** The smallest that loses nothing of what is kept, else the largest. */
internal fun forPicture(sizes: List<Size>): Size = sizes
    .filter { maxOf(it.width, it.height) >= LONG_EDGE_PX }
    .minByOrNull { it.width * it.height }
    ?: sizes.maxByOrNull { it.width * it.height } ?: Size(640, 480)

/** By how much a viewer turns the picture of a camera at the back, degrees clockwise. */
internal fun jpegOrientation(sensorDegrees: Int, displayDegrees: Int) = (sensorDegrees - displayDegrees + 360) % 360

internal fun troubleOf(error: Int) = when (error) {
    CameraDevice.StateCallback.ERROR_CAMERA_IN_USE, CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE ->
        CameraTrouble.IN_USE
    CameraDevice.StateCallback.ERROR_CAMERA_DISABLED -> CameraTrouble.FORBIDDEN
    CameraDevice.StateCallback.ERROR_CAMERA_SERVICE -> CameraTrouble.DISCONNECTED
    else -> CameraTrouble.BROKEN
}

internal fun troubleOf(why: CameraAccessException) = when (why.reason) {
    CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE -> CameraTrouble.IN_USE
    CameraAccessException.CAMERA_DISABLED -> CameraTrouble.FORBIDDEN
    CameraAccessException.CAMERA_DISCONNECTED -> CameraTrouble.DISCONNECTED
    else -> CameraTrouble.BROKEN
}
