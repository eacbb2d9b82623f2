package org.gridweave.app

import org.json.JSONObject
import java.io.File
import java.net.URI

/** A network between device and server that cuts, stalls and loses answers; a good one until it is made bad. */
class BadNetwork(seed: Int = 1) : AutoCloseable {
    private val program = checkNotNull(System.getenv("GRIDWEAVE_FAULT_PROXY")) { "GRIDWEAVE_FAULT_PROXY names the proxy" }
    private val server = URI(City.url).authority

    // It ends with its standard input, so it never outlives the tests.
    private val process = ProcessBuilder(File(program).path, server, "$seed", "0")
        .redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val said = process.inputStream.bufferedReader()

    /** Where the device calls. */
    val url = "https://${JSONObject(said.readLine()).getString("addr")}"

    /** 0 is a good network; 1 a fault in each exchange. */
    fun rate(rate: Double) = ask("rate", ",\"rate\":$rate")

    /** Cuts every connection and lets none through until [online]. */
    fun offline() = ask("offline")

    fun online() = ask("online")

    /** Faults so far: cuts, stalls, lost answers. */
    fun faults(): Int = ask("faults").getInt("faults")

    private fun ask(job: String, more: String = ""): JSONObject = synchronized(process) {
        process.outputStream.write("{\"do\":\"$job\"$more}\n".toByteArray())
        process.outputStream.flush()
        JSONObject(said.readLine())
    }

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}
