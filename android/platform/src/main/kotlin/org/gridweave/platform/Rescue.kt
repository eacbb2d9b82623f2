package org.gridweave.platform

import android.content.ClipData
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.content.Intent
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/**
 * The rescue file: a sealed field book as one file to hand over. Nothing in it can be read without the phone's key or the
 * organisation's recovery key.
 */
class Rescue(private val context: Context) {
    /** Field books that were set aside, oldest first. */
    fun aside(): List<File> =
        context.filesDir.listFiles { it.isDirectory && ASIDE in it.name }.orEmpty().sortedBy { it.name }

    /**
     * Packs field books' folders, a file for each, in the place of what was packed before; [told] hears the part done, 0 to
     * 1. Throws an [IOException] where there is no room, and leaves nothing behind that takes it. Blocking.
     */
    fun pack(folders: List<File>, told: (Float) -> Unit = {}): List<File> {
        val place = place(context)
        place.deleteRecursively()
        val files = folders.associateWith(::files)
        val all = files.values.flatten().sumOf { it.length() }.coerceAtLeast(1)
        var done = 0L
        try {
            return files.map { (folder, files) ->
                File(place.apply { mkdirs() }, "gridweave-${folder.name}.zip").also { packed ->
                    zip(folder, files, packed) { file ->
                        done += file.length()
                        told(done.toFloat() / all)
                    }
                }
            }
        } catch (full: IOException) {
            place.deleteRecursively()
            throw full
        }
    }

    private fun files(folder: File) = folder.walk().filter { it.isFile && it.name != "fieldbook.lock" }.sorted().toList()

    private fun zip(folder: File, files: List<File>, packed: File, did: (File) -> Unit) =
        ZipOutputStream(packed.outputStream().buffered()).use { zip ->
            zip.setLevel(0) // sealed bytes do not get smaller
            for (file in files) {
                zip.putNextEntry(ZipEntry(file.relativeTo(folder).invariantSeparatorsPath))
                file.inputStream().use { it.copyTo(zip) }
                zip.closeEntry()
                did(file)
            }
        }

    /** What offers packed files to another app, which may read those alone. */
    fun offer(packed: List<File>): Intent {
        val uris = packed.map { file ->
            Uri.Builder().scheme("content").authority(authority(context)).appendPath(file.name).build()
        }
        return Intent(Intent.ACTION_SEND_MULTIPLE).setType("application/zip")
            .putParcelableArrayListExtra(Intent.EXTRA_STREAM, ArrayList(uris))
            .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
            .apply {
                clipData = ClipData.newRawUri("rescue", uris.first()).apply { uris.drop(1).forEach { addItem(ClipData.Item(it)) } }
            }
    }

    companion object {
        private const val ASIDE = ".aside-"

        internal fun place(context: Context) = File(context.cacheDir, "rescue")

        internal fun authority(context: Context) = context.packageName + ".rescue"
    }
}

/** Lends packed rescue files, one by one, to whom the person chose; read only, never exported. */
class RescueProvider : ContentProvider() {
    override fun onCreate() = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        if (mode != "r") throw FileNotFoundException("a rescue file is only read")
        return ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.MODE_READ_ONLY)
    }

    override fun query(uri: Uri, projection: Array<out String>?, selection: String?, args: Array<out String>?, order: String?): Cursor {
        val file = file(uri)
        return MatrixCursor(arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)).apply {
            addRow(arrayOf<Any>(file.name, file.length()))
        }
    }

    override fun getType(uri: Uri) = "application/zip"

    override fun insert(uri: Uri, values: ContentValues?) = throw UnsupportedOperationException()

    override fun delete(uri: Uri, selection: String?, args: Array<out String>?) = throw UnsupportedOperationException()

    override fun update(uri: Uri, values: ContentValues?, selection: String?, args: Array<out String>?) =
        throw UnsupportedOperationException()

    private fun file(uri: Uri): File {
        val context = checkNotNull(context)
        val name = uri.pathSegments.singleOrNull()
        return Rescue.place(context).listFiles().orEmpty().find { it.name == name && name.endsWith(".zip") }
            ?: throw FileNotFoundException("no such rescue file")
    }
}
