package org.gridweave.app

import android.app.Application
import android.net.Uri
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.gridweave.core.Fieldbook
import org.gridweave.core.RustFieldbook
import org.gridweave.core.Trouble
import org.gridweave.platform.BroadcastScanner
import org.gridweave.platform.Camera
import org.gridweave.platform.Choices
import org.gridweave.platform.DeviceCamera
import org.gridweave.platform.DeviceLocation
import org.gridweave.platform.DeviceManaged
import org.gridweave.platform.DeviceState
import org.gridweave.platform.Frame
import org.gridweave.platform.KeptChoices
import org.gridweave.platform.KeyFile
import org.gridweave.platform.Location
import org.gridweave.platform.Managed
import org.gridweave.platform.Scanner
import org.gridweave.platform.SystemState
import java.io.File

/** The process: it opens the field book once and lends it to the screens. */
open class GridweaveApp : Application() {
    private val turn = Mutex()
    private var parts: Parts? = null

    /** The parts that screens are made of; opens the field book the first time. A [Trouble] leaves all as it was. */
    suspend fun parts(): Parts = turn.withLock {
        parts ?: withContext(Dispatchers.IO) { open() }.also { parts = it }
    }

    private fun open(): Parts {
        val directory = File(filesDir, "fieldbook").apply { mkdirs() }
        val book = RustFieldbook.open(directory.path, KeyFile(this).bytes())
        val version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()
        val saving = SavingBook(held(book)) { services.jobs.soon(services.chosen) }
        return Parts(saving, HeardLocation(location(), book::satellites), services.device, version, ::read, services)
    }

    /** What there is beside the field book. */
    val services: Services by lazy {
        val managed = managed()
        val choices = choicesOf(this)
        val chosen = { choices.chosen.under(managed.now) }
        Services(camera(), scanner(managed), managed, choices, state(), SyncJobs(this), Notices(this, chosen), ::decode)
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

    /** Lets go of the field book; the next one to ask opens it again. */
    suspend fun close() = turn.withLock {
        parts?.book?.close()
        parts = null
    }

    /** Where the device is. */
    protected open fun location(): Location = DeviceLocation(this)

    /** How it is doing. */
    protected open fun state(): DeviceState = SystemState(this)

    /** The field book as the screens are given it. */
    protected open fun held(book: Fieldbook): Fieldbook = book

    /** The camera at the back. */
    protected open fun camera(): Camera = DeviceCamera()

    /** The scanner that is built in. */
    protected open fun scanner(managed: Managed): Scanner = BroadcastScanner(this) { managed.now.scanner }

    /** What the organisation sets. */
    protected open fun managed(): Managed = DeviceManaged(this)

    /** Reads a code off a frame of the camera; none where there is none. */
    protected open fun decode(frame: Frame): String? = null

    private suspend fun read(uri: String): ByteArray? = withContext(Dispatchers.IO) {
        contentResolver.openInputStream(Uri.parse(uri))?.use { it.readBytes() }
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

    val sync = SyncRuns(this)
}

/** The look, the language and the size of the text: known before the field book is open. */
fun choicesOf(context: android.content.Context): Choices = KeptChoices(context)
