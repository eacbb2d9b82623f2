package org.gridweave.app.ui

import androidx.annotation.StringRes
import androidx.compose.foundation.Image
import androidx.compose.foundation.gestures.rememberTransformableState
import androidx.compose.foundation.gestures.transformable
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableFloatStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clipToBounds
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.graphicsLayer
import androidx.compose.ui.layout.ContentScale
import org.gridweave.app.R

/** A screen that does not scroll: one picture between its title and what is pressed. */
@Composable
fun FullPage(
    title: String,
    back: () -> Unit,
    bottom: @Composable RowScope.() -> Unit,
    content: @Composable BoxScope.() -> Unit,
) {
    Column(Modifier.fillMaxSize().windowInsetsPadding(WindowInsets.safeDrawing)) {
        Title(title, back)
        Box(Modifier.weight(1f).fillMaxWidth(), content = content)
        Bottom(bottom)
    }
}

/** A photo of the field book, as large as the screen allows; [absent] stands where it cannot be shown. */
@Composable
fun WholePhoto(
    hash: String,
    load: suspend (String) -> ByteArray?,
    description: String,
    @StringRes absent: Int = R.string.trouble_no_photo,
) {
    Box(Modifier.fillMaxSize(), Alignment.Center) {
        Loaded(hash, load, SCREEN_PX, description, absent) {
            Image(it, description, Modifier.fillMaxSize(), contentScale = ContentScale.Fit)
        }
    }
}

/** Made larger with two fingers, up to [MOST] times, and moved while it is. */
@Composable
fun Zoomed(content: @Composable () -> Unit) {
    var scale by remember { mutableFloatStateOf(1f) }
    var moved by remember { mutableStateOf(Offset.Zero) }
    val touch = rememberTransformableState { zoom, pan, _ ->
        scale = (scale * zoom).coerceIn(1f, MOST)
        moved = if (scale == 1f) Offset.Zero else moved + pan
    }
    Box(
        Modifier.fillMaxSize().clipToBounds().transformable(touch).graphicsLayer {
            scaleX = scale
            scaleY = scale
            translationX = moved.x
            translationY = moved.y
        },
    ) { content() }
}

private const val MOST = 8f
private const val SCREEN_PX = 700
