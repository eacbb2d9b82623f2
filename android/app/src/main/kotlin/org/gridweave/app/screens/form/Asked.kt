package org.gridweave.app.screens.form

import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.ChoiceRow
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Photo
import org.gridweave.app.ui.RevealMeans
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.here
import org.gridweave.core.Asks
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Value
import org.gridweave.core.Words
import org.gridweave.core.typedOf

/** Up to so many choices stand in the form itself. */
private const val FEW = 6

/** A question: what is asked, the means to answer, and below it what is wrong with the answer. */
@Composable
fun Asked(question: Question, state: FormState, on: (FormEvent) -> Unit, photo: suspend (String) -> ByteArray?) {
    val key = question.key
    Column(Modifier.fillMaxWidth().testTag(question.item), Arrangement.spacedBy(6.dp)) {
        when (question.kind) {
            Asks.HEADING -> return@Column Heading(question.label.here())
            Asks.NOTE -> return@Column Small("${question.label.here()} ${typedOf(question.value)}".trim())
            else -> Label(question)
        }
        question.hint?.let { Small(it.here()) }
        val covered = question.covered.takeIf { key !in state.anew }
        if (covered != null && key != null) {
            Covered(covered, question, key, on)
        } else if (key == null || question.readOnly) {
            Text(typedOf(question.value).ifEmpty { "—" }, style = MaterialTheme.typography.bodyLarge)
        } else {
            Means(question, key, state, on, photo)
            if (question.anew || key in state.anew) {
                SideButton(stringResource(R.string.form_as_it_was), Modifier.fillMaxWidth()) {
                    on(FormEvent.AsItWas(key))
                }
            }
        }
        for (problem in state.problemsOf(question)) {
            val color = if (problem.error) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurface
            Small(problem.message.here(), color)
        }
    }
}

/** A masked answer that the record brought along: seen for a reason, or answered anew unseen. */
@Composable
private fun Covered(covered: Words, question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    Text(covered.here(), style = MaterialTheme.typography.bodyLarge)
    RevealMeans(question.item) { on(FormEvent.Reveal(key, it)) }
    if (!question.readOnly) {
        SideButton(stringResource(R.string.form_anew), Modifier.fillMaxWidth()) { on(FormEvent.Anew(key)) }
    }
}

@Composable
private fun Label(question: Question) {
    val required = if (question.required) " · ${stringResource(R.string.form_required)}" else ""
    Text(question.label.here() + required, style = MaterialTheme.typography.titleMedium)
}

@Composable
private fun Means(
    question: Question,
    key: FieldKey,
    state: FormState,
    on: (FormEvent) -> Unit,
    photo: suspend (String) -> ByteArray?,
) {
    fun answer(value: Value) = on(FormEvent.Answered(key, value))
    when (question.kind) {
        Asks.TEXT, Asks.PHONE, Asks.CODE, Asks.INTEGER, Asks.DECIMAL, Asks.TIME -> {
            Typing(question, key, state, on)
            if (state.wantsCode(question)) {
                SideButton(stringResource(R.string.scan_title), Modifier.fillMaxWidth(), !state.saving) {
                    on(FormEvent.Scan(key))
                }
            }
            Identity(key, question, state, on)
        }
        Asks.DATE, Asks.DATE_TIME -> {
            Typing(question, key, state, on)
            DayMeans(question, key, on)
        }
        Asks.SCALE -> {
            val scale = question.scale
            if (scale == null || scale.steps == 0) Typing(question, key, state, on) else ScaleMeans(question, key, scale, on)
        }
        Asks.YES_NO -> for ((yes, words) in listOf(true to R.string.form_yes, false to R.string.form_no)) {
            val chosen = question.value == Value.Truth(yes)
            ChoiceRow(stringResource(words), chosen) { answer(if (chosen) Value.Nothing else Value.Truth(yes)) }
        }
        Asks.ACKNOWLEDGE -> {
            val chosen = question.value == Value.Truth(true)
            ChoiceRow(stringResource(R.string.form_acknowledge), chosen, toggles = true) {
                answer(if (chosen) Value.Nothing else Value.Truth(true))
            }
        }
        Asks.ONE -> One(question, key, on)
        Asks.MANY -> Several(question, key, on)
        Asks.RANK -> RankMeans(question, key, on)
        Asks.POINT -> PointMeans(question, key, state, on)
        Asks.LINE, Asks.AREA -> LineMeans(question, key, on)
        Asks.SIGNATURE -> SignatureMeans(question, key, on, photo)
        Asks.IMAGE, Asks.PHOTOS -> Photos(question, key, state.saving, on, photo)
        Asks.AUDIO -> AudioMeans(question, key, state, on)
        Asks.HEADING, Asks.NOTE, Asks.SILENT -> Unit
    }
}

@Composable
private fun Typing(question: Question, key: FieldKey, state: FormState, on: (FormEvent) -> Unit) {
    val unreadable = key in state.unreadable
    val keyboard = when (question.kind) {
        Asks.INTEGER, Asks.DATE, Asks.TIME, Asks.DATE_TIME -> KeyboardType.Number
        Asks.DECIMAL, Asks.SCALE -> KeyboardType.Decimal
        Asks.PHONE -> KeyboardType.Phone
        else -> KeyboardType.Text
    }
    OutlinedTextField(
        state.typed[key] ?: typedOf(question.value),
        { on(FormEvent.Typed(question, it)) },
        Modifier.fillMaxWidth().testTag("answer ${question.item}"),
        isError = unreadable || state.problemsOf(question).any { it.error },
        singleLine = question.kind != Asks.TEXT,
        keyboardOptions = KeyboardOptions(keyboardType = keyboard),
    )
    if (unreadable) {
        val words = when (question.kind) {
            Asks.DATE -> R.string.form_not_date
            Asks.TIME -> R.string.form_not_time
            Asks.DATE_TIME -> R.string.form_not_moment
            else -> R.string.form_not_number
        }
        Small(stringResource(words), MaterialTheme.colorScheme.error)
    }
}

/** What is known of an identity code: whose it is already, and what may have been meant. */
@Composable
private fun Identity(key: FieldKey, question: Question, state: FormState, on: (FormEvent) -> Unit) {
    val known = state.duplicates[key] ?: return
    if (known.rows.isNotEmpty()) {
        Notice(stringResource(R.string.form_duplicate), bad = true) { known.rows.forEach { Text(it.title.here()) } }
    }
    if (known.unchecked) Small(stringResource(R.string.form_unchecked))
    if (known.suggestions.isNotEmpty()) {
        Small(stringResource(R.string.form_suggestions))
        for (meant in known.suggestions.take(3)) {
            SideButton(meant, Modifier.fillMaxWidth()) { on(FormEvent.Typed(question, meant)) }
        }
    }
    if (question.problems.any { it.error && it.code != "required" }) {
        SideButton(stringResource(R.string.form_confirm_code), Modifier.fillMaxWidth()) {
            on(FormEvent.Confirmed(key))
        }
    }
}

@Composable
private fun One(question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    val chosen = (question.value as? Value.One)?.code
    if (question.choices.size > FEW) {
        val words = question.choices.find { it.code == chosen }?.label?.here() ?: chosen?.code
        SideButton(words ?: stringResource(R.string.form_choose), Modifier.fillMaxWidth()) {
            on(FormEvent.OwnPage(key))
        }
        return
    }
    for (choice in question.choices) {
        val here = choice.code == chosen
        ChoiceRow(choice.label.here(), here) {
            on(FormEvent.Answered(key, if (here) Value.Nothing else Value.One(choice.code)))
        }
    }
}

@Composable
private fun Several(question: Question, key: FieldKey, on: (FormEvent) -> Unit) {
    val chosen = (question.value as? Value.Many)?.codes.orEmpty()
    if (question.choices.size > FEW) {
        val words = question.choices.filter { it.code in chosen }.map { it.label.here() }
        val shown = words.joinToString(" · ").ifEmpty { stringResource(R.string.form_choose_several) }
        return SideButton(shown, Modifier.fillMaxWidth()) { on(FormEvent.OwnPage(key)) }
    }
    for (choice in question.choices) {
        ChoiceRow(choice.label.here(), choice.code in chosen, toggles = true) { on(FormEvent.Toggled(key, choice.code)) }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Photos(
    question: Question,
    key: FieldKey,
    saving: Boolean,
    on: (FormEvent) -> Unit,
    photo: suspend (String) -> ByteArray?,
) {
    // The system brings the result to the form even when the app was ended while the other one was on top.
    val pick = rememberLauncherForActivityResult(ActivityResultContracts.GetContent()) { uri ->
        uri?.let { on(FormEvent.PhotoAdded(key, it.toString())) }
    }
    if (question.photos.size < question.photosWanted) {
        Small(stringResource(R.string.form_photos_wanted, question.photosWanted))
    }
    FlowRow(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        for (hash in question.photos) {
            Column {
                Photo(hash, photo, stringResource(R.string.record_photo))
                SideButton(stringResource(R.string.form_photo_remove)) { on(FormEvent.PhotoRemoved(key, hash)) }
            }
        }
    }
    val again = question.kind == Asks.IMAGE && question.photos.isNotEmpty()
    val take = if (again) R.string.photo_retake else R.string.photo_take
    MainButton(stringResource(take), Modifier.fillMaxWidth(), !saving) { on(FormEvent.Photograph(key)) }
    SideButton(stringResource(R.string.form_photo_add), Modifier.fillMaxWidth(), !saving) { pick.launch("image/*") }
}
