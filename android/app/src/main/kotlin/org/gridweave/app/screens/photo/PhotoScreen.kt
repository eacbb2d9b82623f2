package org.gridweave.app.screens.photo

import android.content.Context
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.CameraNow
import org.gridweave.app.ui.CameraView
import org.gridweave.app.ui.CameraWaits
import org.gridweave.app.ui.FullPage
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.WholePhoto
import org.gridweave.app.ui.words
import org.gridweave.platform.CameraSession

/** The shutter as wide as a thumb in a glove. */
private val SHUTTER = 72.dp

/** Takes a picture, then asks whether it is to be used. */
@Composable
fun PhotoScreen(
    state: PhotoState,
    on: (PhotoEvent) -> Unit,
    open: (Context) -> CameraSession,
    photo: suspend (String) -> ByteArray?,
    use: (String) -> Unit,
    back: () -> Unit,
) {
    val pick = rememberLauncherForActivityResult(ActivityResultContracts.GetContent()) { uri ->
        uri?.let { on(PhotoEvent.Picked(it.toString())) }
    }
    val taken = state.taken
    FullPage(
        stringResource(R.string.photo_title),
        back = back,
        bottom = {
            if (taken != null) {
                SideButton(stringResource(R.string.photo_retake), Modifier.weight(1f)) { on(PhotoEvent.Retake) }
                MainButton(stringResource(R.string.photo_use), Modifier.weight(1f)) { use(taken) }
            } else {
                SideButton(stringResource(R.string.photo_pick), Modifier.weight(1f), !state.busy) { pick.launch("image/*") }
                val ready = state.camera is CameraNow.Ready
                val words = if (state.busy) R.string.photo_busy else R.string.photo_shutter
                MainButton(stringResource(words), Modifier.weight(1f).heightIn(min = SHUTTER), ready && !state.busy) {
                    on(PhotoEvent.Shutter)
                }
            }
        },
    ) {
        when {
            taken != null -> WholePhoto(taken, photo, stringResource(R.string.record_photo))
            state.camera is CameraNow.Failed -> CameraWaits(state.camera) { on(PhotoEvent.Again) }
            else -> CameraView(state.attempt, open, Modifier.fillMaxSize()) {
                CameraWaits(state.camera) {}
                if ((state.camera as? CameraNow.Ready)?.torch == true) Light(state.torch) { on(PhotoEvent.Torch) }
            }
        }
        state.trouble?.let { trouble ->
            Box(Modifier.fillMaxWidth().padding(16.dp), Alignment.TopCenter) {
                Column { Notice(trouble.words(), bad = true) }
            }
        }
    }
}

/** Over the picture, on ground of its own: to be read over anything. */
@Composable
private fun BoxScope.Light(on: Boolean, toggle: () -> Unit) {
    val words = stringResource(if (on) R.string.scan_torch_off else R.string.scan_torch_on)
    Surface(Modifier.align(Alignment.TopEnd).padding(16.dp), RoundedCornerShape(10.dp)) {
        SideButton(words, onClick = toggle)
    }
}
