package org.gridweave.platform

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.media.MediaDataSource
import android.media.MediaPlayer
import android.media.MediaRecorder
import android.os.Build
import android.os.ParcelFileDescriptor
import android.os.ParcelFileDescriptor.AutoCloseInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlin.concurrent.thread

/**
 * Sound through the framework's MediaRecorder and MediaPlayer alone: AAC in a stream that can be read while it is
 * written, so that it goes through a pipe into the sealed field book and never lies on the disk in the clear.
 */
class DeviceRecorder(private val context: Context) : Recorder {
    override fun record(heard: RecorderHeard): Recording {
        if (context.checkSelfPermission(Manifest.permission.RECORD_AUDIO) != PackageManager.PERMISSION_GRANTED) {
            heard.failed(RecorderTrouble.NOT_ALLOWED)
            return Recording {}
        }
        return try {
            PipedRecording(context, heard)
        } catch (_: IOException) {
            Recording {}.also { heard.failed(RecorderTrouble.BROKEN) }
        } catch (_: RuntimeException) { // what MediaRecorder throws when its service refuses
            Recording {}.also { heard.failed(RecorderTrouble.BROKEN) }
        }
    }

    override fun play(sound: ByteArray, ended: () -> Unit): AutoCloseable {
        val player = MediaPlayer()
        player.setOnCompletionListener { ended() }
        player.setOnErrorListener { _, _, _ -> ended(); true }
        try {
            player.setDataSource(InMemory(sound))
            player.setOnPreparedListener { it.start() }
            player.prepareAsync()
        } catch (_: IOException) {
            ended()
        }
        return AutoCloseable { player.release() }
    }
}

private class PipedRecording(context: Context, private val heard: RecorderHeard) : Recording {
    private val pipe = ParcelFileDescriptor.createPipe()
    @Suppress("DEPRECATION")
    private val recorder = if (Build.VERSION.SDK_INT >= 31) MediaRecorder(context) else MediaRecorder()
    private var ended = false

    init {
        try {
            recorder.setAudioSource(MediaRecorder.AudioSource.MIC)
            recorder.setOutputFormat(MediaRecorder.OutputFormat.AAC_ADTS)
            recorder.setAudioEncoder(MediaRecorder.AudioEncoder.AAC)
            recorder.setAudioChannels(1)
            recorder.setAudioSamplingRate(SAMPLES_PER_S)
            recorder.setAudioEncodingBitRate(BITS_PER_S)
            recorder.setMaxDuration(RECORDING_LONGEST_S * 1000)
            recorder.setOutputFile(pipe[1].fileDescriptor)
            recorder.setOnInfoListener { _, what, _ ->
                if (what == MediaRecorder.MEDIA_RECORDER_INFO_MAX_DURATION_REACHED) finish()
            }
            recorder.setOnErrorListener { _, _, _ -> finish() }
            recorder.prepare()
            recorder.start()
        } catch (failed: Exception) {
            recorder.release()
            pipe.forEach { it.close() }
            throw failed
        }
        thread(name = "recording") { read() }
    }

    override fun finish() {
        if (ended) return
        ended = true
        try {
            recorder.stop()
        } catch (_: RuntimeException) {
            // It ended before anything was recorded: the reader finds nothing.
        }
        recorder.release()
        // The reader's end of the stream.
        pipe[1].close()
    }

    private fun read() {
        val sound = ByteArrayOutputStream()
        try {
            AutoCloseInputStream(pipe[0]).use { it.copyTo(sound) }
        } catch (_: IOException) {
            // What came before it broke is kept.
        }
        if (sound.size() == 0) heard.failed(RecorderTrouble.BROKEN) else heard.recorded(sound.toByteArray())
    }

    private companion object {
        const val SAMPLES_PER_S = 44_100
        const val BITS_PER_S = 48_000
    }
}

private class InMemory(private val bytes: ByteArray) : MediaDataSource() {
    override fun readAt(position: Long, buffer: ByteArray, offset: Int, size: Int): Int {
        if (position >= bytes.size) return -1
        val count = minOf(size, bytes.size - position.toInt())
        bytes.copyInto(buffer, offset, position.toInt(), position.toInt() + count)
        return count
    }

    override fun getSize() = bytes.size.toLong()

    override fun close() = Unit
}
