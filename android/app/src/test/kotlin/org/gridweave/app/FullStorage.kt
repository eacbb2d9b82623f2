package org.gridweave.app

import org.junit.Assume.assumeTrue
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.util.concurrent.TimeUnit

/**
 * A file system of its own in [place], this small. Mounting takes root; without it the story says so and is skipped, under
 * `CI=true` it fails.
 */
class SmallStorage(private val place: File, size: String) : AutoCloseable {
    init {
        place.mkdirs()
        if (!run("mount", "-t", "tmpfs", "-o", "size=$size", "tmpfs", place.path)) {
            System.err.println("NOT RUN: no file system can be mounted here, which takes root")
            check(System.getenv("CI") != "true") { "no file system can be mounted here" }
            assumeTrue("no file system can be mounted here", false)
        }
    }

    override fun close() = check(run("umount", "-l", place.path)) { "the storage stays mounted: ${place.path}" }

    private fun run(vararg command: String): Boolean {
        val process = ProcessBuilder(*command).redirectErrorStream(true).start()
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0
    }
}

/** A storage of its own for the field book, small enough to be filled to the last byte. */
class FullStorage : ExternalResource() {
    private val storage by lazy { File(RuntimeEnvironment.getApplication().filesDir, "fieldbook") }
    private val ballast get() = File(storage, "ballast")
    private lateinit var mounted: SmallStorage

    override fun before() {
        mounted = SmallStorage(storage, "8m")
    }

    override fun after() = mounted.close()

    /** Takes all the room that there is. */
    fun fill() = FileOutputStream(ballast, true).use { file ->
        for (size in listOf(1 shl 16, 1 shl 12, 1)) {
            try {
                while (true) file.write(ByteArray(size))
            } catch (_: IOException) {
                // No room for so much.
            }
        }
    }

    /** The person made room. */
    fun makeRoom() = check(ballast.delete())
}
