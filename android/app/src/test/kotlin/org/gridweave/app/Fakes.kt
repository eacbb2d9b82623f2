package org.gridweave.app

import android.content.Context
import android.view.View
import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.qrcode.QRCodeWriter
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.withContext
import org.gridweave.core.Facts
import org.gridweave.core.Fieldbook
import org.gridweave.core.Fix
import org.gridweave.core.Form
import org.gridweave.core.Look
import org.gridweave.core.Next
import org.gridweave.core.ScreenName
import org.gridweave.core.SyncHandle
import org.gridweave.core.SyncHeard
import org.gridweave.core.Trouble
import org.gridweave.platform.Camera
import org.gridweave.platform.CameraHeard
import org.gridweave.platform.CameraSession
import org.gridweave.platform.CameraTrouble
import org.gridweave.platform.DeviceState
import org.gridweave.platform.Frame
import org.gridweave.platform.Location
import org.gridweave.platform.PhoneKey
import org.gridweave.platform.PhoneKeyLost
import org.gridweave.platform.Reading
import org.gridweave.platform.Recorder
import org.gridweave.platform.RecorderHeard
import org.gridweave.platform.RecorderTrouble
import org.gridweave.platform.Recording
import org.gridweave.platform.Shot
import org.gridweave.platform.Standing
import java.security.SecureRandom
import java.util.concurrent.ConcurrentHashMap

/** A receiver that says what the story says. */
class FakeLocation : Location {
    val now = MutableStateFlow<Standing>(Standing.Searching)

    override fun standing() = now

    /** Found, in the middle of the city's grid. */
    fun found(latitude: Double = 22.691, longitude: Double = 114.347) {
        now.value = Standing.Here(Reading(latitude, longitude, 4.5f, true, false, System.currentTimeMillis()))
    }
}

class FakeState : DeviceState {
    var network = "wifi"
    var freeMib = 2048

    override fun network() = network

    override fun battery() = 71

    override fun storageFreeMib() = freeMib

    override fun name() = "a PDA of the tests"
}

/** A key store in software, that can be lost. */
class FakePhoneKey : PhoneKey {
    private val pad = ByteArray(32).also(SecureRandom()::nextBytes)
    var lost = false

    override fun seal(plain: ByteArray) = ByteArray(plain.size) { (plain[it].toInt() xor pad[it].toInt()).toByte() }

    override fun open(sealed: ByteArray) = if (lost) throw PhoneKeyLost("lost by the story") else seal(sealed)
}

/** The real app, but for the receiver and the battery. */
class TestApp : GridweaveApp() {
    val fakeLocation = FakeLocation()
    val fakeState = FakeState()
    val fakeCamera = FakeCamera()

    val fakeKey = FakePhoneKey()

    override fun phoneKey(): PhoneKey = fakeKey

    override fun location(): Location = fakeLocation

    override fun state(): DeviceState = fakeState

    override fun camera(): Camera = fakeCamera

    val fakeRecorder = FakeRecorder()

    override fun recorder(): Recorder = fakeRecorder

    /** How wrong this device's clock is said to be, where a story wants that. */
    var clockOffsetMs: Long? = null

    /** Whether the field book can be opened without a person. */
    var locked = false

    override fun held(book: Fieldbook): Fieldbook = object : Fieldbook by book {
        override suspend fun safe() = book.safe().let { it.copy(clockOffsetMs = clockOffsetMs ?: it.clockOffsetMs) }

        override suspend fun checkPin(pin: String) {
            hold.pass(FakeHold.Call.PIN)
            book.checkPin(pin)
        }

        override suspend fun setPin(old: String?, new: String) {
            hold.pass(FakeHold.Call.PIN)
            book.setPin(old, new)
        }

        override suspend fun startForm(type: Int, record: String?): Form {
            hold.pass(FakeHold.Call.BEGIN)
            return HeldForm(book.startForm(type, record), hold)
        }

        override suspend fun resumeDraft(id: Long): Form {
            hold.pass(FakeHold.Call.BEGIN)
            return HeldForm(book.resumeDraft(id), hold)
        }

        override suspend fun startSync(facts: Facts, heard: SyncHeard, photos: Boolean): SyncHandle {
            hold.pass(FakeHold.Call.SYNC)
            return book.startSync(facts, heard, photos)
        }
    }

    val hold = FakeHold()

    override suspend fun openForSync(): Parts? = if (locked) null else super.openForSync()

}

private class HeldForm(private val form: Form, private val hold: FakeHold) : Form by form {
    override suspend fun look(at: ScreenName?): Look {
        hold.pass(FakeHold.Call.LOOK)
        return form.look(at)
    }

    override suspend fun keep(): Long {
        hold.pass(FakeHold.Call.KEEP)
        return form.keep()
    }

    override suspend fun save(fix: Fix?, grid: String?): String {
        hold.pass(FakeHold.Call.SAVE)
        return form.save(fix, grid)
    }
}

/** What a story holds up of the core until it lets it go on, or refuses once. */
class FakeHold {
    enum class Call { BEGIN, LOOK, KEEP, SAVE, PIN, SYNC }

    private val held = ConcurrentHashMap.newKeySet<Call>()
    private val refused = ConcurrentHashMap.newKeySet<Call>()

    fun hold(call: Call) {
        held += call
    }

    fun refuse(call: Call) {
        refused += call
    }

    fun letGo(call: Call) {
        held -= call
    }

    suspend fun pass(call: Call) {
        if (call in held) withContext(Dispatchers.IO) { while (call in held) Thread.sleep(1) }
        if (refused.remove(call)) throw Trouble(Next.RETRY, "in_use", "refused by the story")
    }
}

/** A microphone that hears what the story says, and a loudspeaker that remembers. */
class FakeRecorder : Recorder {
    /** What becomes of recording; none: it records. */
    var trouble: RecorderTrouble? = null
    var sound = ByteArray(0)
    var played: ByteArray? = null

    /** Once finished it hands over only when it is told to. */
    var slow = false
    private var ended: () -> Unit = {}
    private var over: () -> Unit = {}

    override fun record(heard: RecorderHeard): Recording {
        trouble?.let(heard::failed)
        var finished = trouble != null
        return Recording {
            if (!finished) over = { heard.recorded(sound) }
            finished = true
            if (!slow) handOver()
        }
    }

    override fun play(sound: ByteArray, ended: () -> Unit): AutoCloseable {
        played = sound
        this.ended = ended
        return AutoCloseable {}
    }

    /** What was recorded is there. */
    fun handOver() = over().also { over = {} }

    /** The sound is over. */
    fun silence() = ended()
}

/** A camera that sees what the story shows it. */
class FakeCamera : Camera {
    /** What becomes of opening it; none: it opens. */
    var trouble: CameraTrouble? = null
    var light = false
    var open = 0
    private var heard: CameraHeard? = null
    private var picture: ByteArray? = null

    override fun open(context: Context, shot: Shot, heard: CameraHeard): CameraSession {
        this.heard = heard
        trouble?.let(heard::failed) ?: heard.ready(torch = true)
        open++
        return object : CameraSession {
            override val view = View(context)
            override val aspect = 0.75f

            override fun torch(on: Boolean) {
                light = on
            }

            override fun take() {
                picture?.let(heard::picture)
            }

            override fun close() {
                open--
            }
        }
    }

    /** Holds a code before it, as a QR picture; nothing where it is empty. */
    fun shows(code: String) {
        val luma = ByteArray((WIDTH + PADDING) * HEIGHT) { 0xA0.toByte() }
        val bits = if (code.isEmpty()) null else QRCodeWriter().encode(code, BarcodeFormat.QR_CODE, HEIGHT, HEIGHT, UTF_8)
        if (bits != null) {
            for (y in 0 until HEIGHT) for (x in 0 until HEIGHT) {
                luma[y * (WIDTH + PADDING) + x + (WIDTH - HEIGHT) / 2] = if (bits.get(x, y)) 20 else 0xE0.toByte()
            }
        }
        checkNotNull(heard).frame(Frame(luma, WIDTH, HEIGHT, WIDTH + PADDING))
    }

    /** What the next picture is of. */
    fun pointsAt(jpeg: ByteArray) {
        picture = jpeg
    }

    /** The system takes it away. */
    fun dies() = checkNotNull(heard).failed(CameraTrouble.DISCONNECTED)

    private companion object {
        const val WIDTH = 1280
        const val HEIGHT = 720
        const val PADDING = 64
        val UTF_8 = mapOf(EncodeHintType.CHARACTER_SET to "UTF-8")
    }
}
