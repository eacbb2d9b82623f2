package org.gridweave.app

import android.content.pm.PackageInfo
import android.content.pm.PackageManager
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.w3c.dom.Element
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

/** What the app may do and what others may start of it: a short list, and nothing beyond. */
@RunWith(RobolectricTestRunner::class)
@Config(application = android.app.Application::class, sdk = [26, 34])
class ManifestTest {
    private val permissions = setOf(
        "INTERNET", "ACCESS_NETWORK_STATE", "ACCESS_COARSE_LOCATION", "ACCESS_FINE_LOCATION", "CAMERA",
        // A question of a form may be answered by a recording.
        "RECORD_AUDIO", "POST_NOTIFICATIONS", "RECEIVE_BOOT_COMPLETED",
    ).map { "android.permission.$it" }.toSet()

    /** For others to start: the app itself. */
    private val exported = setOf(".MainActivity")

    private val source: Element = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(File(checkNotNull(System.getProperty("gridweave.repository")), "android/app/src/main/AndroidManifest.xml"))
        .documentElement

    private fun elements(vararg tags: String): List<Element> = tags.flatMap { tag ->
        val found = source.getElementsByTagName(tag)
        (0 until found.length).map { found.item(it) as Element }
    }

    @Test
    fun `the source asks for these permissions and exports this alone`() {
        val asked = elements("uses-permission", "uses-permission-sdk-23").map { it.getAttribute("android:name") }
        assertEquals(permissions, asked.toSet())
        val components = elements("activity", "activity-alias", "service", "receiver", "provider")
        for (component in components) {
            val name = component.getAttribute("android:name")
            assertTrue("$name says whether it is exported", component.hasAttribute("android:exported"))
            assertEquals(name, name in exported, component.getAttribute("android:exported") == "true")
        }
        val needed = elements("uses-feature").filter { it.getAttribute("android:required") != "false" }
        assertTrue("no feature is required: $needed", needed.isEmpty())
        val application = elements("application").single()
        assertEquals("false", application.getAttribute("android:allowBackup"))
        assertEquals("false", application.getAttribute("android:fullBackupContent"))
        assertTrue(application.hasAttribute("android:dataExtractionRules"))
        assertFalse("no clear text", application.hasAttribute("android:usesCleartextTraffic"))
    }

    @Test
    fun `the linked manifest says the same`() {
        val app = RuntimeEnvironment.getApplication()
        val all = PackageManager.GET_PERMISSIONS or PackageManager.GET_ACTIVITIES or PackageManager.GET_SERVICES or
            PackageManager.GET_RECEIVERS or PackageManager.GET_PROVIDERS
        val info: PackageInfo = app.packageManager.getPackageInfo(app.packageName, all)
        assertEquals(permissions, info.requestedPermissions.orEmpty().toSet())
        val components = listOf(info.activities, info.services, info.receivers, info.providers)
            .flatMap { it.orEmpty().toList() }
        // The blank activity is the tests' own; the build adds it, the source does not have it.
        val open = components.filter { it.exported && it.name != "androidx.activity.ComponentActivity" }
        assertEquals(exported.map { app.packageName + it }.toSet(), open.map { it.name }.toSet())
        val job = info.services.orEmpty().single { it.name.endsWith(".SyncJob") }
        assertEquals("only the system", "android.permission.BIND_JOB_SERVICE", job.permission)
    }
}
