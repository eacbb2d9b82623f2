package org.gridweave.app.screens.form

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.gestures.awaitEachGesture
import androidx.compose.foundation.gestures.awaitFirstDown
import androidx.compose.foundation.gestures.drag
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.asComposePath
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.IntSize
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.FullPage
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Photo
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.here
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.platform.Signature

/** A signature in the form: what was signed, and the way to the paper. */
@Composable
fun SignatureMeans(question: Question, key: FieldKey, on: (FormEvent) -> Unit, photo: suspend (String) -> ByteArray?) {
    for (hash in question.photos) {
        Photo(hash, photo, stringResource(R.string.sign_signed))
        SideButton(stringResource(R.string.form_photo_remove)) { on(FormEvent.PhotoRemoved(key, hash)) }
    }
    val words = if (question.photos.isEmpty()) R.string.sign_open else R.string.sign_again
    MainButton(stringResource(words), Modifier.fillMaxWidth()) { on(FormEvent.OwnPage(key)) }
}

/** The paper: white in every look, as it is kept. */
@Composable
fun SignaturePage(question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    var strokes by rememberSaveable(question.item) { mutableStateOf<List<FloatArray>>(ArrayList()) }
    FullPage(
        question.label.here(),
        back = { on(FormEvent.OwnPage(null)) },
        bottom = {
            SideButton(stringResource(R.string.sign_clear), Modifier.weight(1f), strokes.isNotEmpty()) { strokes = ArrayList() }
            MainButton(stringResource(R.string.form_done), Modifier.weight(1f), strokes.isNotEmpty()) {
                on(FormEvent.Signed(key, strokes))
            }
        },
    ) {
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(8.dp)) {
            Small(stringResource(R.string.sign_here))
            Canvas(
                Modifier.fillMaxWidth().aspectRatio(Signature.ASPECT).background(Color.White)
                    .border(1.dp, MaterialTheme.colorScheme.outline).testTag("sign ${question.item}")
                    .pointerInput(Unit) {
                        awaitEachGesture {
                            val down = awaitFirstDown()
                            strokes = strokes + part(down.position, size)
                            drag(down.id) {
                                strokes = strokes.dropLast(1) + (strokes.last() + part(it.position, size))
                                it.consume()
                            }
                        }
                    },
            ) {
                val ink = Stroke(3.dp.toPx(), cap = StrokeCap.Round)
                for (stroke in strokes) {
                    drawPath(Signature.path(stroke, size.width, size.height).asComposePath(), Color(0xFF101840), style = ink)
                }
            }
        }
    }
}

/** A place on the paper as parts of its size. */
private fun part(at: Offset, size: IntSize) =
    floatArrayOf((at.x / size.width).coerceIn(0f, 1f), (at.y / size.height).coerceIn(0f, 1f))
