package org.gridweave.platform

import android.annotation.SuppressLint
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import android.view.KeyEvent
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow

/** The scanner that a PDA has built in. */
fun interface Scanner {
    /** Codes that it reads, while they are collected. */
    fun codes(): Flow<String>
}

/** A broadcast in which a maker's scanner service tells what it read. */
data class ScannerBroadcast(val action: String, val extras: List<String>)

/**
 * The makers' broadcasts, and one that the organisation may set. The receiver is there only while codes are wanted. It
 * has to be open to other apps, as the scanner service is one; so a code is a text that somebody typed and no more: it
 * is only ever an answer or a search, seen by the person, checked by the core.
 */
class BroadcastScanner(private val context: Context, private val own: () -> ScannerBroadcast?) : Scanner {
    override fun codes(): Flow<String> = callbackFlow {
        val known = listOfNotNull(own()) + KNOWN_SCANNERS
        val receiver = object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) {
                codeIn(intent, known)?.let { trySend(it) }
            }
        }
        listen(receiver, IntentFilter().apply { known.forEach { addAction(it.action) } })
        awaitClose { context.unregisterReceiver(receiver) }
    }

    @SuppressLint("UnspecifiedRegisterReceiverFlag") // there is none before Android 13
    private fun listen(receiver: BroadcastReceiver, filter: IntentFilter) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.registerReceiver(receiver, filter, Context.RECEIVER_EXPORTED)
        } else {
            context.registerReceiver(receiver, filter)
        }
    }
}

/**
 * As makers document them for their default settings. Zebra's DataWedge has no default action: its profile is set to
 * [OWN_SCANNER_ACTION], like that of any scanner whose action can be chosen.
 */
val KNOWN_SCANNERS = listOf(
    ScannerBroadcast(OWN_SCANNER_ACTION, listOf("com.symbol.datawedge.data_string", "data", "barcode_string")),
    // Urovo (优博讯)
    ScannerBroadcast("android.intent.ACTION_DECODE_DATA", listOf("barcode_string", "barcode")),
    // Seuic (东大集成), Supoin (销邦)
    ScannerBroadcast("com.android.server.scannerservice.broadcast", listOf("scannerdata", "data")),
    // iData (盈达)
    ScannerBroadcast("android.intent.action.SCANRESULT", listOf("value")),
    // Newland (新大陆)
    ScannerBroadcast("nlscan.action.SCANNER_RESULT", listOf("SCAN_BARCODE1")),
    // Sunmi (商米)
    ScannerBroadcast("com.sunmi.scanner.ACTION_DATA_CODE_RECEIVED", listOf("data")),
    // Honeywell
    ScannerBroadcast("com.honeywell.scan.broadcast", listOf("data")),
    // Chainway (成为)
    ScannerBroadcast("com.scanner.broadcast", listOf("data")),
)

/** To be set in scanners whose action can be chosen. */
const val OWN_SCANNER_ACTION = "org.gridweave.action.SCAN"

/** Longest code that is taken, characters: a QR code holds no more. */
private const val CODE_CHARS_MAX = 4_300

/** What a broadcast says was read. Some makers send bytes. */
internal fun codeIn(intent: Intent, known: List<ScannerBroadcast>): String? {
    val extras = known.filter { it.action == intent.action }.flatMap { it.extras }
    return extras.firstNotNullOfOrNull { name ->
        @Suppress("DEPRECATION") // of whatever kind the maker sends it
        val text = when (val said = intent.extras?.get(name)) {
            is String -> said
            is ByteArray -> String(said, Charsets.UTF_8)
            else -> null
        }
        text?.trim { it.isWhitespace() || it.isISOControl() }?.takeIf { it.isNotEmpty() && it.length <= CODE_CHARS_MAX }
    }
}

/**
 * A scanner that types: keys faster than any hand, with Enter or Tab at the end. Used where no field has the keys, for a
 * field takes them by itself.
 */
class KeyWedge(private val found: (String) -> Unit) {
    private val typed = StringBuilder()
    private var lastMs = 0L

    /** Takes a key that no field took; whether it is part of a code. */
    fun takes(event: KeyEvent): Boolean {
        if (event.action != KeyEvent.ACTION_DOWN) return false
        if (event.eventTime - lastMs > GAP_MS) typed.clear()
        lastMs = event.eventTime
        val ends = event.keyCode == KeyEvent.KEYCODE_ENTER || event.keyCode == KeyEvent.KEYCODE_TAB
        if (ends) {
            val code = typed.toString()
            typed.clear()
            if (code.length < CHARS_LEAST) return false
            found(code)
            return true
        }
        val character = event.unicodeChar
        if (character == 0 || Character.isISOControl(character) || typed.length >= CODE_CHARS_MAX) return false
        typed.appendCodePoint(character)
        return true
    }

    private companion object {
        const val GAP_MS = 100L
        const val CHARS_LEAST = 3
    }
}
