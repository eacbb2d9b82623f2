package org.gridweave.app.screens.scan

import android.content.Context
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.CameraNow
import org.gridweave.app.ui.CameraView
import org.gridweave.app.ui.CameraWaits
import org.gridweave.app.ui.FullPage
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.platform.CameraSession

/** What the camera sees with a frame for the code; the way out is typing. */
@Composable
fun ScanScreen(state: ScanState, on: (ScanEvent) -> Unit, open: (Context) -> CameraSession, back: () -> Unit) {
    FullPage(
        stringResource(R.string.scan_title),
        back = back,
        bottom = {
            SideButton(stringResource(R.string.scan_type), Modifier.weight(1f), onClick = back)
            if ((state.camera as? CameraNow.Ready)?.torch == true) {
                val words = if (state.torch) R.string.scan_torch_off else R.string.scan_torch_on
                MainButton(stringResource(words), Modifier.weight(1f)) { on(ScanEvent.Torch) }
            }
        },
    ) {
        val failed = state.camera is CameraNow.Failed
        if (!failed) {
            CameraView(state.attempt, open, Modifier.fillMaxSize()) {
                if (state.camera is CameraNow.Ready) Sight()
            }
        }
        CameraWaits(state.camera) { on(ScanEvent.Again) }
        if (!failed) {
            Box(Modifier.fillMaxWidth().background(Color.Black.copy(alpha = 0.75f)).padding(16.dp, 12.dp)) {
                Small(stringResource(R.string.scan_how), Color.White)
            }
        }
    }
}

/** Where the code is held; all of the picture is looked at. */
@Composable
private fun Sight() {
    Box(Modifier.fillMaxWidth(0.7f).aspectRatio(1f).border(4.dp, Color.White, RoundedCornerShape(16.dp)))
}
