package org.gridweave.app

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

/** Android Studio's build and the one that runs these tests are of the same modules, sources and versions. */
class BuildsTest {
    private val android = File(checkNotNull(System.getProperty("gridweave.repository")), "android")
    private val catalogue = android.resolve("gradle/libs.versions.toml").readText()
    private val parent = android.resolve("pom.xml").readText()
    private val modules = Regex("\":(\\w+)\"").findAll(android.resolve("settings.gradle.kts").readText())
        .map { it.groupValues[1] }.toList()

    private fun gradle(module: String) = android.resolve("$module/build.gradle.kts").readText()

    private fun pom(module: String) = android.resolve("$module/pom.xml").readText()

    /** `name = "value"` lines of a section of the catalogue. */
    private fun section(name: String): Map<String, String> = catalogue.substringAfter("[$name]").substringBefore("\n[")
        .lines().filter { " = " in it && !it.startsWith("#") }.associate { it.substringBefore(" = ") to it.substringAfter(" = ") }

    @Test
    fun `the same modules`() {
        val maven = Regex("<module>(\\w+)</module>").findAll(parent).map { it.groupValues[1] }.toList()
        assertEquals(setOf("core", "platform", "app"), modules.toSet())
        assertEquals("androidx stands for Google's repository", maven.toSet() - "androidx", modules.toSet())
    }

    @Test
    fun `the same versions`() {
        val versions = section("versions").mapValues { it.value.trim('"') }
        val maven = Regex("<version\\.(\\w+)>([^<]+)<").findAll(parent).associate { it.groupValues[1] to it.groupValues[2] }
        val shared = versions - "agp"
        assertTrue(shared.size >= 7)
        for ((name, version) in shared) assertEquals(name, version, maven[name])
    }

    @Test
    fun `the same libraries, each with the version of the same name`() {
        val libraries = section("libraries").mapValues { (_, said) ->
            val (group, artifact) = Regex("module = \"([^:]+):([^\"]+)\"").find(said)!!.destructured
            Triple(group, artifact, Regex("version.ref = \"(\\w+)\"").find(said)!!.groupValues[1])
        }
        val asked = modules.associateWith { module ->
            Regex("implementation\\(libs\\.([\\w.]+)\\)").findAll(gradle(module)).map { it.groupValues[1].replace('.', '-') }.toList()
        }
        assertEquals("every library of the catalogue is used", libraries.keys, asked.values.flatten().toSet())
        for ((module, names) in asked) for (name in names) {
            val (group, artifact, version) = libraries.getValue(name)
            val google = group.startsWith("androidx.")
            val where = (if (google) pom("androidx") else pom(module)).replace(Regex("\\s*\\n\\s*"), "")
            val wanted = Regex("<groupId>${Regex.escape(group)}</groupId><artifactId>$artifact(-android)?</artifactId><version>\\$\\{version\\.$version}")
            assertTrue("$module: $name", wanted.containsMatchIn(where))
        }
    }

    @Test
    fun `the same sources`() {
        for (module in modules) {
            val folders = android.resolve("$module/src").walk().filter { it.extension == "kt" }
                .map { it.relativeTo(android.resolve(module)).invariantSeparatorsPath.split("/").take(3).joinToString("/") }
            val known = setOf("src/main/kotlin", "src/test/kotlin")
            assertTrue(module, folders.toSet().isNotEmpty() && known.containsAll(folders.toSet()))
            val further = Regex("sourceSets\\[\"main\"]\\.(\\w+)\\.directories\\.add").findAll(gradle(module)).map { it.groupValues[1] }
            assertEquals("$module: only the core adds what is generated", if (module == "core") setOf("jniLibs", "kotlin") else emptySet<String>(), further.toSet())
            assertEquals(module, "org.gridweave.$module", Regex("namespace = \"([\\w.]+)\"").find(gradle(module))!!.groupValues[1])
            assertTrue("$module: Android 8", "minSdk = 26" in gradle(module))
        }
        assertEquals(1, Regex("<sourceDir>").findAll(pom("core")).count())
        assertTrue("<sourceDir>" !in pom("app") && "<sourceDir>" !in pom("platform"))
        val link = android.resolve("androidx/link.sh").readText()
        assertTrue("package=org.gridweave.app" in link && "--min-sdk-version 26 --target-sdk-version 34" in link)
        assertTrue("targetSdk = 34" in gradle("app") && "versionName = \"0.1.0\"" in gradle("app"))
    }

    @Test
    fun `generated code is not committed, and only the wrapper names it`() {
        val sources = modules.flatMap { module -> android.resolve("$module/src/main").walk().filter { it.extension == "kt" } }
        val naming = sources.filter { "org.gridweave.ffi" in it.readText() }.map { it.name }.toSet()
        val wrapper = naming.filter { it.startsWith("Rust") || it.startsWith("Translate") || it == "Records.kt" }.toSet()
        assertEquals("others than the wrapper", wrapper, naming)
        assertTrue(sources.none { it.name == "gridweave_ffi.kt" })
    }

    @Test
    fun `both languages have the same words`() {
        fun all(folder: String) = android.resolve("app/src/main/res/$folder").listFiles { it.name.startsWith("strings") }
            .joinToString("") { it.readText() }
        fun names(folder: String) = Regex("<string name=\"(\\w+)\">([^<]+)<").findAll(all(folder))
            .associate { it.groupValues[1] to Regex("%\\d\\$[sd]").findAll(it.groupValues[2]).map { p -> p.value }.toSet() }
        assertEquals(names("values"), names("values-en"))
    }
}
