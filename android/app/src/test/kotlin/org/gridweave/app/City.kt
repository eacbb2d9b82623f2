package org.gridweave.app

import java.io.File
import java.net.URL
import java.nio.file.Files
import java.security.SecureRandom
import java.security.cert.X509Certificate
import java.util.concurrent.TimeUnit
import javax.net.ssl.HttpsURLConnection
import javax.net.ssl.SSLContext
import javax.net.ssl.X509TrustManager

/** A real city for the stories: made with the operator's own commands, served over TLS by the real server. */
object City {
    private val server = checkNotNull(System.getenv("GRIDWEAVE_SERVER")) { "GRIDWEAVE_SERVER names the server" }
    private var made: Made? = null
    private val now get() = made ?: Made().also { made = it }
    val grid = "440310001001001"
    val url get() = now.url

    /** A record type with every kind of question, which the city collects beside the built-in ones. */
    private val everyQuestion get() =
        File(checkNotNull(System.getProperty("gridweave.repository")), "core/tests/fixtures/every_question.json")

    /** Puts that record type where a city or a device finds those of the organisation's own. */
    fun teach(folder: File) {
        everyQuestion.copyTo(File(folder, "types/every_question.json"), overwrite = true)
    }

    /** Ends the city; the next who asks gets a new one, in which nobody has done anything. */
    fun leave() {
        made?.close()
        made = null
    }

    /** A city with its server process and a supervisor. */
    private class Made : AutoCloseable {
        val place = Files.createTempDirectory("gridweave-city").toFile()
        val data = File(place, "city").path
        var people = 0
        private val process: Process
        val url: String
        val session by lazy { signIn() }

        init {
            val areas = File(checkNotNull(System.getProperty("gridweave.repository")), "schemas/area-tree.example.geojson")
            run("init", "--data", data, "--organisation", "坪山区（测试）", "--recovery-key", File(place, "key").path)
            teach(File(data))
            run("area", "import", "--data", data, areas.path)
            run("person", "add", "--data", data, "--name", "督导员", "--role", "supervisor", "--login", "su", typed = "$WORD\n")
            // It ends with its standard input, so it never outlives the tests.
            val command = listOf(server, "serve", "--tls", "--data", data, "--listen", "127.0.0.1:0", "--until-stdin-ends")
            process = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
            url = process.inputStream.bufferedReader().readLine().removePrefix("serving ").substringBefore(' ')
            Runtime.getRuntime().addShutdownHook(Thread(::close))
        }

        override fun close() {
            process.outputStream.close()
            process.waitFor()
            place.deleteRecursively()
        }
    }

    /** A new worker's enrolment code. [confirm]: nobody has to compare fingerprints; [url]: where her device calls. */
    fun worker(name: String, confirm: Boolean = true, url: String = City.url): String {
        val data = now.data
        val said = run("person", "add", "--data", data, "--name", "$name${++now.people}", "--role", "worker", typed = "$WORD\n")
        val person = said.trim().split(" ").last()
        val args = arrayOf("enrol", "--data", data, "--person", person, "--grids", grid, "--url", url)
        return run(*args, *(if (confirm) arrayOf("--confirm") else emptyArray())).trim().lines().last()
    }

    /** The supervisor compares the digits and confirms. */
    fun confirm(fingerprint: String) {
        val page = ask("GET", "/console/enrolment").second
        val waiting = page.substringAfter(">$fingerprint<", "")
        check(waiting.isNotEmpty()) { "the console shows another fingerprint" }
        val id = waiting.substringAfter("name=\"id\" value=\"").substringBefore('"')
        check(ask("POST", "/console/enrolment/confirm", "id=$id").first == 303)
    }

    /** A supervisor answers for a change that was not accepted. */
    fun release(dot: String) = check(ask("POST", "/console/quarantine/release", "dot=$dot&reason=seen").first == 303)

    fun revoke(rid: String) = check(ask("POST", "/console/device/$rid/state", "state=revoked&reason=lost").first == 303)

    /** The supervisor looks at a field in conflict and takes the value that [shown] is part of. */
    fun settle(record: String, field: Int, shown: String) {
        val page = ask("GET", "/console/record/$record/field/$field").second
        val onScreen = Regex("name=\"on_screen\" value=\"([^\"]+)\"").findAll(page).map { it.groupValues[1] }.toList()
        check(onScreen.size > 1) { "the console shows no conflict" }
        val side = page.split("<label class=\"card side\">").drop(1).single { shown in it.substringBefore("</label>") }
        val taken = side.substringAfter("name=\"take\" required value=\"").substringBefore('"')
        val form = onScreen.joinToString("") { "&on_screen=$it" }
        check(ask("POST", "/console/field", "record=$record&field=$field&take=$taken$form").first == 303)
    }

    /** The organisation opens a salvaged folder with its recovery key and hands in what was not received. */
    fun rescue(folder: File) {
        val rescue = checkNotNull(System.getenv("GRIDWEAVE_RESCUE")) { "GRIDWEAVE_RESCUE names the rescue program" }
        val key = File(now.place, "key").path
        val said = run("--device", folder.path, "--recovery-key", key, program = rescue)
        check("handed in: 1 changes (0 of them kept in quarantine), 1 photos" in said) { said }
    }

    private fun signIn(): Pair<String, String> {
        val connection = open("POST", "/v1/sign-in")
        connection.setRequestProperty("Content-Type", "application/json")
        connection.outputStream.use { it.write("""{"login":"su","password":"$WORD"}""".toByteArray()) }
        val csrf = connection.inputStream.bufferedReader().readText().substringAfter("\"csrf\":\"").substringBefore('"')
        return connection.getHeaderField("Set-Cookie").substringBefore(';') to csrf
    }

    private fun ask(method: String, path: String, form: String? = null): Pair<Int, String> {
        val connection = open(method, path)
        connection.setRequestProperty("Cookie", now.session.first)
        connection.setRequestProperty("X-CSRF", now.session.second)
        if (form != null) {
            connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded")
            connection.outputStream.use { it.write(form.toByteArray()) }
        }
        val status = connection.responseCode
        val stream = if (status < 400) connection.inputStream else connection.errorStream
        return status to (stream?.bufferedReader()?.readText().orEmpty())
    }

    private fun open(method: String, path: String): HttpsURLConnection {
        val connection = URL(url + path).openConnection() as HttpsURLConnection
        // Devices pin the city's key; the supervisor's request of this test does not leave the machine.
        val trusting = object : X509TrustManager {
            override fun checkClientTrusted(chain: Array<out X509Certificate>?, type: String?) = Unit
            override fun checkServerTrusted(chain: Array<out X509Certificate>?, type: String?) = Unit
            override fun getAcceptedIssuers(): Array<X509Certificate> = emptyArray()
        }
        val context = SSLContext.getInstance("TLS").apply { init(null, arrayOf(trusting), SecureRandom()) }
        connection.sslSocketFactory = context.socketFactory
        connection.setHostnameVerifier { _, _ -> true }
        connection.instanceFollowRedirects = false
        connection.requestMethod = method
        connection.doOutput = method == "POST"
        return connection
    }

    private fun run(vararg args: String, typed: String = "", program: String = server): String {
        val errors = File.createTempFile("gridweave-said", ".txt")
        val process = ProcessBuilder(program, *args).redirectError(errors).start()
        process.outputStream.use { it.write(typed.toByteArray()) }
        val said = process.inputStream.bufferedReader().readText()
        check(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0) { "$args: ${errors.readText()}" }
        errors.delete()
        return said
    }

    private const val WORD = "gridweave tests"
}
