package org.gridweave.app.ui

import android.Manifest
import android.content.Context
import androidx.annotation.StringRes
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clipToBounds
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.ui.viewinterop.AndroidView
import org.gridweave.app.R
import org.gridweave.platform.CameraSession
import org.gridweave.platform.CameraTrouble

/** How the camera stands. */
sealed interface CameraNow {
    data object Starting : CameraNow

    /** It shows what it sees; [torch]: it has a light. */
    data class Ready(val torch: Boolean) : CameraNow

    data class Failed(val trouble: CameraTrouble) : CameraNow
}

/** What the camera sees, as long as this is drawn. Another [attempt] opens it anew. */
@Composable
fun CameraView(attempt: Int, open: (Context) -> CameraSession, modifier: Modifier, over: @Composable BoxScope.() -> Unit) {
    val context = LocalContext.current
    val session = remember(attempt) { open(context) }
    DisposableEffect(session) { onDispose { session.close() } }
    val description = stringResource(R.string.camera_view)
    Box(modifier.background(Color.Black).clipToBounds().semantics { contentDescription = description }, Alignment.Center) {
        key(session) { AndroidView({ session.view }, Modifier.aspectRatio(session.aspect)) }
        over()
    }
}

/** Why there is no camera, and what helps; [again] opens it anew. */
@Composable
fun CameraTroubleNotice(trouble: CameraTrouble, again: () -> Unit) {
    Notice(stringResource(trouble.words), bad = true) {
        when (trouble) {
            CameraTrouble.NOT_ALLOWED -> {
                val permission = rememberPermission(Manifest.permission.CAMERA) { again() }
                val words = if (permission.refusedForEver) R.string.permission_settings else R.string.camera_allow
                MainButton(stringResource(words), Modifier.fillMaxWidth(), onClick = permission.ask)
            }
            CameraTrouble.NONE, CameraTrouble.FORBIDDEN -> Unit
            else -> MainButton(stringResource(R.string.scan_again), Modifier.fillMaxWidth(), onClick = again)
        }
    }
}

/** In the place of the picture while there is none. */
@Composable
fun CameraWaits(now: CameraNow, again: () -> Unit) {
    Column(Modifier.fillMaxSize().padding(16.dp), Arrangement.Center) {
        when (now) {
            is CameraNow.Failed -> CameraTroubleNotice(now.trouble, again)
            CameraNow.Starting -> Notice(stringResource(R.string.camera_starting))
            is CameraNow.Ready -> Unit
        }
    }
}

@get:StringRes
val CameraTrouble.words: Int
    get() = when (this) {
        CameraTrouble.NOT_ALLOWED -> R.string.camera_not_allowed
        CameraTrouble.NONE -> R.string.camera_none
        CameraTrouble.IN_USE -> R.string.camera_in_use
        CameraTrouble.DISCONNECTED -> R.string.camera_disconnected
        CameraTrouble.FORBIDDEN -> R.string.camera_forbidden
        CameraTrouble.BROKEN -> R.string.camera_broken
    }
