package org.gridweave.core

/** How a field book stands before it is opened. */
sealed interface BookState {
    /** There is none yet: the first to open it makes it. */
    data object New : BookState

    /** It opens on this phone without a PIN: none has been set. */
    data object Unlocked : BookState

    /** A PIN is asked. None is looked at before [waitMs] have passed; after [triesLeft] wrong ones this phone cannot open it. */
    data class Locked(val waitMs: Long, val triesLeft: Int) : BookState

    /**
     * This phone cannot open it any more: too many wrong PINs, or its key store lost the key. What was saved is still
     * there, sealed for the organisation.
     */
    data class Lost(val why: LostBecause) : BookState

    /** Both copies of its keys are damaged or gone; the files are still there. */
    data object Damaged : BookState
}

enum class LostBecause { WRONG_PINS, DEVICE_KEY }

/** The phone's own key, which never leaves it: Android's key store. Both calls are blocking. */
interface DeviceKeys {
    /** Seals 32 bytes with the phone's key, which is made the first time. */
    fun seal(plain: ByteArray): ByteArray

    /** Opens what [seal] sealed. Throws [DeviceKeyLost] if the key is gone for ever; anything else counts as a passing failure. */
    fun open(sealed: ByteArray): ByteArray
}

/** The phone's key is gone for ever. */
class DeviceKeyLost(why: String) : Exception(why)

/** The keys of the field book in one directory. What goes wrong comes as a [Trouble]. */
interface Keys {
    suspend fun state(): BookState

    /**
     * Opens the field book, making it if there is none. [pin] where one was set. Codes: `wrong_pin` and `pin_wait` (see
     * [state] for how long), `pin_wanted`, `device_key_lost`, `device_key_unavailable`, `wrong_pins` (the tries are used
     * up), `keys_damaged`, `wrong_key` and `damaged` (the database).
     */
    suspend fun open(pin: String?): Fieldbook

    /** Renames the directory of a field book that does not open, so that a new one can be made; answers its new path. Nothing is deleted. */
    suspend fun setAside(): String
}
