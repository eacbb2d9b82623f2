package org.gridweave.app.screens.form

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.here
import org.gridweave.app.ui.metres
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Sketch
import org.gridweave.core.Value

/** A line or an area in the form: what there is of it, and the way to its page. */
@Composable
fun LineMeans(question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    question.sketch?.let {
        Text(it.words.here(), Modifier.testTag("answer ${question.item}"), style = MaterialTheme.typography.bodyLarge)
        Drawing(it)
    }
    val words = if (question.sketch == null) R.string.line_begin else R.string.line_go_on
    MainButton(stringResource(words), Modifier.fillMaxWidth()) { on(FormEvent.OwnPage(key)) }
}

/** The page of a line or an area: one walks from point to point and adds each place. */
@Composable
fun LinePage(question: Question, key: FieldKey, state: FormState, on: (FormEvent) -> Unit) {
    val sketch = question.sketch
    Page(
        question.label.here(),
        back = { on(FormEvent.OwnPage(null)) },
        bottom = { MainButton(stringResource(R.string.form_done), Modifier.weight(1f)) { on(FormEvent.OwnPage(null)) } },
    ) {
        item { PlaceLine(state.standing, state.developerOptions) { on(FormEvent.LocationAsked) } }
        item {
            Text(
                sketch?.words?.here() ?: stringResource(R.string.line_none),
                Modifier.testTag("answer ${question.item}"),
                style = MaterialTheme.typography.titleMedium,
            )
        }
        sketch?.let { item { Drawing(it) } }
        items(state.problemsOf(question).size) { at ->
            Small(state.problemsOf(question)[at].message.here(), MaterialTheme.colorScheme.error)
        }
        state.meter?.let { meter ->
            item { Small(stringResource(R.string.meter_now, meter.used, metres(meter.fix.accuracyDm))) }
        }
        item {
            MainButton(stringResource(R.string.line_add), Modifier.fillMaxWidth(), state.meter != null) {
                on(FormEvent.PointAdded(key))
            }
        }
        item {
            SideButton(stringResource(R.string.line_remove), Modifier.fillMaxWidth(), sketch != null) {
                on(FormEvent.PointRemoved(key))
            }
        }
        item {
            SideButton(stringResource(R.string.line_clear), Modifier.fillMaxWidth(), sketch != null) {
                on(FormEvent.Answered(key, Value.Nothing))
            }
        }
    }
}

/** The shape, north up, as large as fits; the first point is a ring, the last one full. */
@Composable
private fun Drawing(sketch: Sketch) {
    val colors = MaterialTheme.colorScheme
    Canvas(Modifier.fillMaxWidth().height(140.dp).border(1.dp, colors.outline)) {
        val points = sketch.points
        val west = points.minOf { it.eastM }
        val south = points.minOf { it.northM }
        val wide = points.maxOf { it.eastM } - west
        val high = points.maxOf { it.northM } - south
        val margin = 14.dp.toPx()
        val room = Offset(size.width - 2 * margin, size.height - 2 * margin)
        // A single place lies in the middle.
        val scale = minOf(room.x / wide.coerceAtLeast(1.0), room.y / high.coerceAtLeast(1.0))
        val at = points.map {
            val x = size.width / 2 + (it.eastM - west - wide / 2) * scale
            val y = size.height / 2 - (it.northM - south - high / 2) * scale
            Offset(x.toFloat(), y.toFloat())
        }
        val path = Path().apply {
            moveTo(at.first().x, at.first().y)
            at.drop(1).forEach { lineTo(it.x, it.y) }
            if (sketch.closed) close()
        }
        if (sketch.closed) drawPath(path, colors.primaryContainer)
        drawPath(path, colors.primary, style = Stroke(3.dp.toPx()))
        at.drop(1).forEach { drawCircle(colors.primary, 4.dp.toPx(), it) }
        drawCircle(colors.primary, 7.dp.toPx(), at.first(), style = Stroke(3.dp.toPx()))
        drawCircle(colors.onSurface, 6.dp.toPx(), at.last())
    }
}
