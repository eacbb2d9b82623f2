package org.gridweave.app

import android.app.Application
import android.content.Intent
import android.net.Uri
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.gridweave.app.screens.lost.LostModel
import org.gridweave.app.screens.pin.Pins
import org.gridweave.core.DeviceKeyLost
import org.gridweave.core.DeviceKeys
import org.gridweave.core.Fieldbook
import org.gridweave.core.Keys
import org.gridweave.core.RustKeys
import org.gridweave.core.Trouble
import org.gridweave.core.scan
import org.gridweave.platform.BroadcastScanner
import org.gridweave.platform.Camera
import org.gridweave.platform.Choices
import org.gridweave.platform.DeviceCamera
import org.gridweave.platform.DeviceRecorder
import org.gridweave.platform.DeviceLocation
import org.gridweave.platform.DeviceManaged
import org.gridweave.platform.DeviceState
import org.gridweave.platform.Frame
import org.gridweave.platform.KeptChoices
import org.gridweave.platform.Location
import org.gridweave.platform.Managed
import org.gridweave.platform.PhoneKey
import org.gridweave.platform.PhoneKeyLost
import org.gridweave.platform.Recorder
import org.gridweave.platform.Rescue
import org.gridweave.platform.Scanner
import org.gridweave.platform.SystemPhoneKey
import org.gridweave.platform.SystemState
import java.io.File
import java.io.IOException

/** The process: it opens the field book once and lends it to the screens. */
open class GridweaveApp : Application() {
    private val turn = Mutex()
    private var parts: Parts? = null
    private val folder by lazy { File(filesDir, "fieldbook") }

    /** The keys of the field book: how it stands, and what opens it. */
    val keys: Keys by lazy { RustKeys(folder.path, Held(phoneKey())) }

    /** Whether the screens are closed behind the PIN. */
    val lock = AutoLock()

    /** The field book as a file to hand over. */
    val rescue by lazy { Rescue(this) }

    /**
     * The parts that screens are made of; opens the field book the first time, with its PIN where one is set. A [Trouble]
     * leaves all as it was.
     */
    suspend fun parts(pin: String? = null): Parts = turn.withLock { parts ?: open(pin).also { parts = it } }

    private suspend fun open(pin: String?): Parts {
        val book = keys.open(pin)
        val version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()
        val saving = SavingBook(held(book)) { services.jobs.soon(services.chosen) }
        return Parts(saving, HeardLocation(location(), book::satellites), services.device, version, ::read, services)
    }

    /** What becomes of a PIN that is typed. */
    val pins: Pins = object : Pins {
        override suspend fun enter(pin: String) {
            val asked = lock.times.value
            val open = turn.withLock { parts }
            if (open == null) parts(pin) else open.book.checkPin(pin)
            lock.unlocked(asked)
        }

        override suspend fun set(old: String?, new: String) = parts().book.setPin(old, new)

        override suspend fun state() = keys.state()
    }

    /** What stands between a person and the screens. */
    suspend fun gate(): Gate = try {
        val open = parts()
        Gate.Open(open, open.book.me() != null, open.book.hasPin())
    } catch (trouble: Trouble) {
        if (trouble.code == "pin_wanted") Gate.Pin else Gate.Shut(trouble)
    }

    /** For what is to be done about a field book that does not open. */
    fun lost(code: String, share: (Intent) -> Unit, again: () -> Unit) =
        LostModel(code, keys, rescue, folder, ::close, share, again)

    /** What there is beside the field book. */
    val services: Services by lazy {
        val managed = managed()
        val choices = choicesOf(this)
        val notices = Notices(this) { services.chosen }
        Services(camera(), recorder(), scanner(managed), managed, choices, state(), SyncJobs(this), notices, ::decode)
    }

    override fun onCreate() {
        super.onCreate()
        services.notices.progressEnded()
        services.jobs.arm(services.chosen)
    }

    /** The parts, where they can be had without a person; none where somebody has to unlock them first. */
    open suspend fun openForSync(): Parts? = try {
        parts()
    } catch (_: Trouble) {
        null
    }

    /**
     * Lets go of the field book once nothing writes to it any more; the next one to ask opens it again. Once begun it goes on
     * to its end, whoever asked for it: with sync stopped for good the field book is not to stay.
     */
    suspend fun close() = turn.withLock {
        withContext(NonCancellable) {
            parts?.let {
                it.end()
                it.book.close()
            }
            parts = null
        }
    }

    /** The phone's own key. */
    protected open fun phoneKey(): PhoneKey = SystemPhoneKey(this)

    /** Where the device is. */
    protected open fun location(): Location = DeviceLocation(this)

    /** How it is doing. */
    protected open fun state(): DeviceState = SystemState(this)

    /** The field book as the screens are given it. */
    protected open fun held(book: Fieldbook): Fieldbook = book

    /** The camera at the back. */
    protected open fun camera(): Camera = DeviceCamera()

    protected open fun recorder(): Recorder = DeviceRecorder(this)

    /** The scanner that is built in. */
    protected open fun scanner(managed: Managed): Scanner = BroadcastScanner(this) { managed.now.scanner }

    /** What the organisation sets. */
    protected open fun managed(): Managed = DeviceManaged(this)

    /** Reads a code off a frame of the camera; none where there is none. */
    protected open fun decode(frame: Frame): String? = scan(frame.luma, frame.width, frame.height, frame.rowStride)

    /** None where the app that offers it does not hand it over. */
    private suspend fun read(uri: String): ByteArray? = withContext(Dispatchers.IO) {
        try {
            contentResolver.openInputStream(Uri.parse(uri))?.use { it.readBytes() }
        } catch (_: IOException) {
            null
        } catch (_: SecurityException) {
            null
        }
    }
}

/** What stands between a person and the screens. */
sealed interface Gate {
    data class Open(val parts: Parts, val enrolled: Boolean, val hasPin: Boolean) : Gate

    /** The PIN is asked first. */
    data object Pin : Gate

    data class Shut(val why: Trouble) : Gate
}

/** The phone's key as the core asks for it. */
private class Held(private val key: PhoneKey) : DeviceKeys {
    override fun seal(plain: ByteArray) = key.seal(plain)

    override fun open(sealed: ByteArray) = try {
        key.open(sealed)
    } catch (lost: PhoneKeyLost) {
        throw DeviceKeyLost(lost.message.orEmpty())
    }
}

/** What the screens' models are made of. [read] gives the bytes that another app offers under an address. */
class Parts(
    val book: Fieldbook,
    val location: Location,
    val device: DeviceState,
    val version: String,
    val read: suspend (uri: String) -> ByteArray?,
    val services: Services,
) {
    /** For work that goes on when its screen is left. */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)

    /** Forms that were left and still take their last steps: who opens a draft waits for them, for it may be theirs. */
    private val leaving = mutableSetOf<Job>()

    /** Ends a form whose screen was left. */
    fun leave(end: suspend () -> Unit) {
        val job = scope.launch { end() }
        leaving += job
        job.invokeOnCompletion { scope.launch { leaving -= job } }
    }

    /** The forms that were left before now; each ends with its last step. */
    fun left(): List<Job> = leaving.toList()

    val sync = SyncRuns(this)

    /** Ends what writes to the field book without being asked: a run of sync, and forms that were left. */
    suspend fun end() {
        sync.stop()
        left().joinAll()
    }
}

/** The look, the language and the size of the text: known before the field book is open. */
fun choicesOf(context: android.content.Context): Choices = KeptChoices(context)
