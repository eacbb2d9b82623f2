package org.gridweave.app.screens.form

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Slider
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.TOUCH
import org.gridweave.app.ui.here
import org.gridweave.core.Asks
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Scale
import org.gridweave.core.Value
import org.gridweave.core.typedOf
import kotlin.math.roundToInt

/** So many steps are marked on the slider. */
private const val MARKED_MOST = 20

/** A date from the one before: a day less, a day more; with a time, also now. */
@Composable
fun DayMeans(question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        SideButton(stringResource(R.string.form_day_before), Modifier.weight(1f)) { on(FormEvent.DayMoved(key, -1)) }
        if (question.kind == Asks.DATE_TIME && question.value == Value.Nothing) {
            SideButton(stringResource(R.string.form_now), Modifier.weight(1f)) { on(FormEvent.DayMoved(key, 0)) }
        }
        SideButton(stringResource(R.string.form_day_after), Modifier.weight(1f)) { on(FormEvent.DayMoved(key, 1)) }
    }
}

/** A number on a scale: slid roughly, then step by step. The answer is given when the finger leaves. */
@Composable
fun ScaleMeans(question: Question, key: FieldKey, scale: Scale, on: (FormEvent) -> Unit) {
    val held = scale.step(question.value)
    var sliding by remember(question.value) { mutableStateOf<Int?>(null) }
    fun take(step: Int) = on(FormEvent.Answered(key, scale.value(step)))
    val shown = sliding?.let { scale.value(it) } ?: question.value
    Text(
        typedOf(shown).ifEmpty { "—" },
        Modifier.testTag("answer ${question.item}"),
        style = MaterialTheme.typography.headlineSmall,
    )
    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        val button = Modifier.widthIn(min = TOUCH)
        SideButton(stringResource(R.string.form_minus), button, held != 0) { on(FormEvent.Slid(key, -1)) }
        Slider(
            (sliding ?: held ?: 0).toFloat(),
            { sliding = it.roundToInt() },
            Modifier.weight(1f).testTag("slider ${question.item}"),
            valueRange = 0f..scale.steps.toFloat(),
            steps = if (scale.steps <= MARKED_MOST) scale.steps - 1 else 0,
            onValueChangeFinished = { sliding?.let(::take) },
        )
        SideButton(stringResource(R.string.form_plus), button, held != scale.steps) { on(FormEvent.Slid(key, 1)) }
    }
    Row(Modifier.fillMaxWidth(), Arrangement.SpaceBetween) {
        Small(typedOf(scale.value(0)))
        Small(typedOf(scale.value(scale.steps)))
    }
    if (question.value != Value.Nothing) Cleared(key, on)
}

/** Choices in order; the core says which is moved where. */
@Composable
fun RankMeans(question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    question.choices.forEachIndexed { at, choice ->
        val code = choice.code
        Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Text("${at + 1}. ${choice.label.here()}", Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
            SideButton(stringResource(R.string.form_rank_up), Modifier.testTag("up ${code.code}"), at > 0) {
                on(FormEvent.Ranked(key, code, -1))
            }
            val last = at == question.choices.lastIndex
            SideButton(stringResource(R.string.form_rank_down), Modifier.testTag("down ${code.code}"), !last) {
                on(FormEvent.Ranked(key, code, 1))
            }
        }
    }
    val first = question.choices.firstOrNull() ?: return
    if (question.value != Value.Nothing) return Cleared(key, on)
    Small(stringResource(R.string.form_rank_none))
    SideButton(stringResource(R.string.form_rank_so), Modifier.fillMaxWidth()) { on(FormEvent.Ranked(key, first.code, 0)) }
}

/** Takes an answer away. */
@Composable
fun Cleared(key: FieldKey, on: (FormEvent) -> Unit) =
    SideButton(stringResource(R.string.form_clear), Modifier.fillMaxWidth()) { on(FormEvent.Answered(key, Value.Nothing)) }
