package org.gridweave.app.ui

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.ContextWrapper
import android.content.Intent
import android.net.Uri
import android.provider.Settings
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.LocalLifecycleOwner
import androidx.lifecycle.repeatOnLifecycle
import kotlinx.coroutines.flow.Flow

/** A permission to be asked for. Once refused for ever, [ask] opens the app's page of the system's settings. */
class Permission(val refusedForEver: Boolean, val ask: () -> Unit)

/** [granted] is called when the person allowed it. */
@Composable
fun rememberPermission(name: String, granted: () -> Unit): Permission {
    val context = LocalContext.current
    var refused by rememberSaveable(name) { mutableStateOf(false) }
    val launcher = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) { yes ->
        // The system gives no reason where it does not even ask any more.
        refused = !yes && context.activity()?.shouldShowRequestPermissionRationale(name) == false
        if (yes) granted()
    }
    return Permission(refused) { if (refused) context.openAppSettings() else launcher.launch(name) }
}

/** What the system keeps for this app: permissions among it. */
fun Context.openAppSettings() =
    openSystem(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))

/** A page of the system's settings; some PDAs lack one or the other. */
fun Context.openSystem(page: Intent) = try {
    startActivity(page)
} catch (_: ActivityNotFoundException) {
    startActivity(Intent(Settings.ACTION_SETTINGS))
}

private fun Context.activity(): Activity? = when (this) {
    is Activity -> this
    is ContextWrapper -> baseContext.activity()
    else -> null
}

/** Takes what [codes] bring while the screen is in front. */
@Composable
fun TakeCodes(codes: Flow<String>, take: (String) -> Unit) {
    val lifecycle = LocalLifecycleOwner.current.lifecycle
    LaunchedEffect(codes, lifecycle) {
        lifecycle.repeatOnLifecycle(Lifecycle.State.RESUMED) { codes.collect { take(it) } }
    }
}

/** Does something each time the screen comes to the front. */
@Composable
fun OnResume(act: () -> Unit) {
    val lifecycle = LocalLifecycleOwner.current.lifecycle
    LaunchedEffect(lifecycle) { lifecycle.repeatOnLifecycle(Lifecycle.State.RESUMED) { act() } }
}
