package org.gridweave.app.ui

import android.graphics.BitmapFactory
import androidx.annotation.StringRes
import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.Image
import androidx.compose.foundation.clickable
import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Button
import androidx.compose.material3.Checkbox
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.gridweave.app.R
import org.gridweave.core.PagePhoto

/** Nothing that can be touched is smaller: fingers in gloves. */
val TOUCH = 56.dp
private val edge = RoundedCornerShape(10.dp)

/** What one presses next. */
@Composable
fun MainButton(text: String, modifier: Modifier = Modifier, enabled: Boolean = true, onClick: () -> Unit) {
    Button(onClick, modifier.heightIn(min = TOUCH), enabled, shape = edge, contentPadding = PaddingValues(12.dp)) {
        Text(text, textAlign = TextAlign.Center)
    }
}

/** What one may press as well. */
@Composable
fun SideButton(text: String, modifier: Modifier = Modifier, enabled: Boolean = true, onClick: () -> Unit) {
    OutlinedButton(
        onClick,
        modifier.heightIn(min = TOUCH),
        enabled,
        shape = edge,
        border = BorderStroke(1.5.dp, MaterialTheme.colorScheme.outline),
        contentPadding = PaddingValues(12.dp),
    ) { Text(text, textAlign = TextAlign.Center) }
}

@Composable
fun Heading(text: String) {
    Text(
        text,
        Modifier.padding(top = 12.dp).semantics { heading() },
        style = MaterialTheme.typography.titleMedium,
    )
}

/** Lines of the second order. */
@Composable
fun Small(text: String, color: Color = MaterialTheme.colorScheme.onSurfaceVariant) {
    Text(text, style = MaterialTheme.typography.bodyMedium, color = color)
}

/** Something that wants to be read. */
@Composable
fun Notice(text: String, bad: Boolean = false, more: @Composable ColumnScope.() -> Unit = {}) {
    val colors = MaterialTheme.colorScheme
    Surface(
        Modifier.fillMaxWidth(),
        shape = edge,
        color = if (bad) colors.errorContainer else colors.primaryContainer,
        contentColor = if (bad) colors.onErrorContainer else colors.onPrimaryContainer,
        border = BorderStroke(1.dp, if (bad) colors.error else colors.outline),
    ) {
        Column(Modifier.padding(12.dp), Arrangement.spacedBy(6.dp)) {
            Text(text, style = MaterialTheme.typography.bodyLarge)
            more()
        }
    }
}

/** A box of lines; pressed as a whole where [onClick] is given. */
@Composable
fun Card(onClick: (() -> Unit)? = null, modifier: Modifier = Modifier, content: @Composable ColumnScope.() -> Unit) {
    Surface(
        modifier.fillMaxWidth(),
        shape = edge,
        color = MaterialTheme.colorScheme.surfaceVariant,
        border = BorderStroke(1.dp, MaterialTheme.colorScheme.outline),
    ) {
        val pressed = if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick)
        Column(
            pressed.heightIn(min = TOUCH).padding(12.dp),
            Arrangement.spacedBy(4.dp, Alignment.CenterVertically),
            content = content,
        )
    }
}

/** One of several that exclude each other; where it [toggles], of several that may be chosen together. */
@Composable
fun ChoiceRow(text: String, chosen: Boolean, toggles: Boolean = false, onClick: () -> Unit) {
    val colors = MaterialTheme.colorScheme
    val pressed = if (toggles) {
        Modifier.toggleable(chosen, role = Role.Checkbox, onValueChange = { onClick() })
    } else {
        Modifier.selectable(chosen, role = Role.RadioButton, onClick = onClick)
    }
    Surface(
        Modifier.fillMaxWidth().then(pressed),
        shape = edge,
        color = if (chosen) colors.secondaryContainer else colors.surface,
        contentColor = if (chosen) colors.onSecondaryContainer else colors.onSurface,
        border = BorderStroke(if (chosen) 2.dp else 1.dp, colors.outline),
    ) {
        Row(
            Modifier.heightIn(min = TOUCH).padding(12.dp),
            Arrangement.spacedBy(12.dp),
            Alignment.CenterVertically,
        ) {
            if (toggles) Checkbox(chosen, onCheckedChange = null) else RadioButton(chosen, onClick = null)
            Text(text, style = MaterialTheme.typography.bodyLarge)
        }
    }
}

/** A photo of the field book, as wide as the screen shows it; [absent] stands where it cannot be shown. */
@Composable
fun Photo(
    hash: String,
    load: suspend (String) -> ByteArray?,
    description: String,
    @StringRes absent: Int = R.string.trouble_no_photo,
    onClick: (() -> Unit)? = null,
) {
    val pressed = if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick)
    Surface(Modifier.width(96.dp).heightIn(min = 96.dp).then(pressed), edge, MaterialTheme.colorScheme.surfaceVariant) {
        Loaded(hash, load, THUMB_PX, description, absent) {
            Image(it, description, Modifier.size(96.dp), contentScale = ContentScale.Crop)
        }
    }
}

/** Shows a photo of the field book once it is read; until then what it is, and in its place why it is [absent]. */
@Composable
internal fun Loaded(
    hash: String,
    load: suspend (String) -> ByteArray?,
    shortPx: Int,
    description: String,
    @StringRes absent: Int,
    content: @Composable (ImageBitmap) -> Unit,
) {
    var missed by remember(hash) { mutableStateOf(false) }
    val picture by produceState<ImageBitmap?>(null, hash) {
        value = withContext(Dispatchers.IO) { load(hash)?.let { readFor(it, shortPx) } }
        missed = value == null
    }
    val read = picture
    if (read != null) return content(read)
    Box(Modifier.padding(4.dp), Alignment.Center) {
        Small(if (missed) stringResource(absent) else description)
    }
}

/** The photos that say something of one value. */
@Composable
fun Evidence(photos: List<PagePhoto>, load: suspend (String) -> ByteArray?) {
    if (photos.isEmpty()) return
    Row(Modifier.horizontalScroll(rememberScrollState()), Arrangement.spacedBy(8.dp)) {
        for (each in photos) Photo(each.hash, load, stringResource(R.string.record_photo), each.absent)
    }
}

/** Read at a fraction of its size: a whole one does not fit a cheap phone's memory. */
internal fun readFor(bytes: ByteArray, shortPx: Int): ImageBitmap? {
    val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
    var sample = 1
    while (minOf(size.outWidth, size.outHeight) / (sample * 2) >= shortPx) sample *= 2
    val options = BitmapFactory.Options().apply { inSampleSize = sample }
    return BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options)?.asImageBitmap()
}

private const val THUMB_PX = 200
