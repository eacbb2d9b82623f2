package org.gridweave.platform

import android.content.Context
import java.io.File
import java.io.FileOutputStream
import java.security.SecureRandom

/** The key of the field book's database. */
fun interface DatabaseKey {
    /** 32 bytes, the same ones as long as the app is installed. Blocking. */
    fun bytes(): ByteArray
}

/** A file that only this app can read and that no backup takes along. It is written whole or not at all. */
class KeyFile(context: Context) : DatabaseKey {
    private val file = File(context.noBackupFilesDir, "database.key")

    override fun bytes(): ByteArray {
        if (file.exists()) return file.readBytes()
        val key = ByteArray(KEY_BYTES).also(SecureRandom()::nextBytes)
        val new = File(file.path + ".new")
        FileOutputStream(new).use {
            it.write(key)
            it.fd.sync()
        }
        check(new.renameTo(file)) { "the key cannot be kept" }
        return key
    }

    private companion object {
        const val KEY_BYTES = 32
    }
}
