package org.gridweave.core

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import org.gridweave.ffi.DeviceKeyException
import org.gridweave.ffi.BookState as FfiState
import org.gridweave.ffi.DeviceKeys as FfiDeviceKeys
import org.gridweave.ffi.Keys as Ffi

/** The keys of the Rust core for the field book in [directory]. */
class RustKeys(
    directory: String,
    device: DeviceKeys,
    private val io: CoroutineDispatcher = Dispatchers.IO,
) : Keys, AutoCloseable {
    private val keys = Ffi(directory, Asked(device))

    override suspend fun state() = told {
        when (val state = keys.state()) {
            FfiState.New -> BookState.New
            FfiState.Unlocked -> BookState.Unlocked
            is FfiState.Locked -> BookState.Locked(state.waitMs.toLong(), state.triesLeft.toInt())
            FfiState.WrongPins -> BookState.Lost(LostBecause.WRONG_PINS)
            FfiState.DeviceKeyLost -> BookState.Lost(LostBecause.DEVICE_KEY)
            FfiState.Damaged -> BookState.Damaged
        }
    }

    override suspend fun open(pin: String?): Fieldbook = told { RustFieldbook(keys.open(pin), io) }

    override suspend fun setAside() = told { keys.setAside() }

    override fun close() = keys.close()

    private suspend fun <T> told(call: () -> T): T = ask(io, call)

    /** The phone's key store as the core asks it. What it seals is wiped here; what it opens goes on to the core as it is. */
    private class Asked(private val device: DeviceKeys) : FfiDeviceKeys {
        override fun seal(plain: ByteArray): ByteArray = try {
            tell { device.seal(plain) }
        } finally {
            plain.fill(0)
        }

        override fun open(sealed: ByteArray): ByteArray = tell { device.open(sealed) }

        private fun tell(ask: () -> ByteArray): ByteArray = try {
            ask()
        } catch (lost: DeviceKeyLost) {
            throw DeviceKeyException.Lost()
        } catch (_: Exception) {
            throw DeviceKeyException.Unavailable()
        }
    }
}
