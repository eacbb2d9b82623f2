package org.gridweave.platform

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.KeyStore
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** The phone's own key, which never leaves it. Both calls are blocking. */
interface PhoneKey {
    /** Seals a short secret, making the key the first time. */
    fun seal(plain: ByteArray): ByteArray

    /** Opens what [seal] sealed. Throws [PhoneKeyLost] if the key is gone for ever; all else may pass. */
    fun open(sealed: ByteArray): ByteArray
}

/** The phone's key is gone for ever. */
class PhoneKeyLost(why: String) : Exception(why)

/**
 * Android's key store: AES-256-GCM, in a chip of its own where there is one. It asks for no screen lock, as PDAs often
 * have none, and a lock that is taken away would take the key along.
 */
class SystemPhoneKey(private val context: Context) : PhoneKey {
    override fun seal(plain: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(CIPHER).apply { init(Cipher.ENCRYPT_MODE, key() ?: make()) }
        return cipher.iv + cipher.doFinal(plain)
    }

    override fun open(sealed: ByteArray): ByteArray {
        val key = key() ?: throw PhoneKeyLost("the key store has no key")
        return try {
            val cipher = Cipher.getInstance(CIPHER)
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 0, IV_BYTES))
            cipher.doFinal(sealed, IV_BYTES, sealed.size - IV_BYTES)
        } catch (_: KeyPermanentlyInvalidatedException) {
            throw PhoneKeyLost("the key store invalidated the key")
        } catch (_: AEADBadTagException) {
            throw PhoneKeyLost("the key store has another key")
        }
    }

    private fun key(): SecretKey? =
        KeyStore.getInstance(STORE).apply { load(null) }.getKey(ALIAS, null) as SecretKey?

    private fun make(): SecretKey {
        val strong = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
            context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)
        if (strong) {
            try {
                return make(strong = true)
            } catch (_: StrongBoxUnavailableException) {
                // It is full or of the wrong kind: the ordinary one will do.
            }
        }
        return make(strong = false)
    }

    private fun make(strong: Boolean): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(ALIAS, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
        if (strong && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
        val maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
        return maker.apply { init(spec.build()) }.generateKey()
    }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val ALIAS = "fieldbook"
        const val CIPHER = "AES/GCM/NoPadding"
        const val IV_BYTES = 12
        const val TAG_BITS = 128
    }
}
