package org.gridweave.app.screens.form

import android.Manifest
import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleEventObserver
import androidx.lifecycle.compose.LocalLifecycleOwner
import kotlinx.coroutines.delay
import org.gridweave.app.R
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.rememberPermission
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Value
import org.gridweave.platform.RECORDING_LONGEST_S
import org.gridweave.platform.RecorderTrouble

/** A sound: recorded, heard again, recorded anew. */
@Composable
fun AudioMeans(question: Question, key: FieldKey, state: FormState, on: (FormEvent) -> Unit) {
    val record = { on(FormEvent.Record(key)) }
    if (state.recording == key) return Running(question, on)
    if (state.recorderTrouble != null) {
        Small(stringResource(R.string.audio_broken), MaterialTheme.colorScheme.error)
        if (state.recorderTrouble == RecorderTrouble.NOT_ALLOWED) {
            val permission = rememberPermission(Manifest.permission.RECORD_AUDIO, record)
            val words = if (permission.refusedForEver) R.string.audio_allow_settings else R.string.audio_allow
            return SideButton(stringResource(words), Modifier.fillMaxWidth(), onClick = permission.ask)
        }
    }
    if (question.value is Value.Photo) {
        Text(stringResource(R.string.audio_there), style = MaterialTheme.typography.bodyLarge)
        val (words, event) = if (state.playing == key) {
            R.string.audio_silence to FormEvent.Play(null)
        } else {
            R.string.audio_play to FormEvent.Play(key)
        }
        SideButton(stringResource(words), Modifier.fillMaxWidth()) { on(event) }
        Cleared(key, on)
    }
    val words = if (question.value is Value.Photo) R.string.audio_again else R.string.audio_record
    MainButton(stringResource(words), Modifier.fillMaxWidth(), state.recording == null, record)
}

/** It ends when the question leaves the eyes: nobody is recorded unawares. */
@Composable
private fun Running(question: Question, on: (FormEvent) -> Unit) {
    var seconds by remember { mutableIntStateOf(0) }
    LaunchedEffect(Unit) {
        while (seconds < RECORDING_LONGEST_S) {
            delay(1000)
            seconds++
        }
    }
    val end = { on(FormEvent.RecordingEnded) }
    BackHandler(onBack = end)
    val lifecycle = LocalLifecycleOwner.current.lifecycle
    DisposableEffect(lifecycle) {
        val observer = LifecycleEventObserver { _, event -> if (event == Lifecycle.Event.ON_STOP) end() }
        lifecycle.addObserver(observer)
        onDispose {
            lifecycle.removeObserver(observer)
            end()
        }
    }
    Text(
        stringResource(R.string.audio_running, "%d:%02d".format(seconds / 60, seconds % 60), RECORDING_LONGEST_S / 60),
        Modifier.testTag("recording ${question.item}"),
        style = MaterialTheme.typography.titleMedium,
    )
    MainButton(stringResource(R.string.audio_end), Modifier.fillMaxWidth(), onClick = end)
}
