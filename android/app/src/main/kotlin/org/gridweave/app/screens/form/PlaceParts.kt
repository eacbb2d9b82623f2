package org.gridweave.app.screens.form

import android.Manifest
import android.content.Intent
import android.provider.Settings
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.OnResume
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.metres
import org.gridweave.app.ui.openSystem
import org.gridweave.app.ui.rememberPermission
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Value
import org.gridweave.platform.Standing
import kotlin.math.roundToInt

/** Whether the place is known, and how well; what is missing can be mended from here. */
@Composable
fun PlaceLine(standing: Standing, developerOptions: Boolean, asked: () -> Unit) {
    val context = LocalContext.current
    // Whatever was allowed or switched on in the system's settings holds when the person is back.
    OnResume { if (standing is Standing.NotAllowed || standing is Standing.SwitchedOff) asked() }
    when (standing) {
        Standing.Searching -> Small(stringResource(R.string.place_searching))
        Standing.SwitchedOff -> {
            Small(stringResource(R.string.place_off), MaterialTheme.colorScheme.error)
            SideButton(stringResource(R.string.place_open_settings), Modifier.fillMaxWidth()) {
                context.openSystem(Intent(Settings.ACTION_LOCATION_SOURCE_SETTINGS))
            }
        }
        Standing.NotAllowed -> {
            val permission = rememberPermission(Manifest.permission.ACCESS_FINE_LOCATION, asked)
            val words = if (permission.refusedForEver) R.string.place_allow_settings else R.string.place_allow
            Small(stringResource(R.string.place_not_allowed), MaterialTheme.colorScheme.error)
            SideButton(stringResource(words), Modifier.fillMaxWidth(), onClick = permission.ask)
        }
        is Standing.Here -> {
            val accuracy = metres((standing.reading.accuracyM * 10).roundToInt())
            val notes = listOfNotNull(
                stringResource(R.string.place_here, accuracy),
                stringResource(R.string.place_mock).takeIf { standing.reading.mock },
                stringResource(R.string.place_developer).takeIf { developerOptions },
            )
            Small(notes.joinToString(" · "))
        }
    }
}

/** A point: how well the place is known so far, and the button that takes it, also before it is good enough. */
@Composable
fun PointMeans(question: Question, key: FieldKey, state: FormState, on: (FormEvent) -> Unit) {
    val at = question.value as? Value.Point
    val wanted = question.accuracyM
    if (at != null) {
        Small(stringResource(R.string.form_point_taken, "${at.latE7 / 1e7}, ${at.lonE7 / 1e7}"))
        state.taken[key]?.let { taken ->
            val early = wanted != null && taken > wanted * 10
            Small(
                if (wanted != null && early) {
                    stringResource(R.string.meter_taken_early, metres(taken), wanted)
                } else {
                    stringResource(R.string.meter_taken, metres(taken))
                },
                if (early) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurfaceVariant,
            )
        }
    }
    val meter = state.meter
    val reached = meter != null && (wanted == null || meter.fix.accuracyDm <= wanted * 10)
    if (meter != null) {
        val parts = listOfNotNull(
            stringResource(R.string.meter_now, meter.used, metres(meter.fix.accuracyDm)),
            wanted?.let { stringResource(R.string.meter_wanted, it) },
        )
        Small(parts.joinToString(" · "))
        if (wanted != null) {
            val how = (wanted * 10f / meter.fix.accuracyDm.coerceAtLeast(1)).coerceIn(0f, 1f)
            LinearProgressIndicator({ how }, Modifier.fillMaxWidth())
            Small(stringResource(if (reached) R.string.meter_reached else R.string.meter_wait))
        }
    }
    val take = { on(FormEvent.TakePlace(key)) }
    if (meter != null && !reached) {
        SideButton(stringResource(R.string.meter_take_early), Modifier.fillMaxWidth(), onClick = take)
    } else {
        MainButton(stringResource(R.string.form_point_take), Modifier.fillMaxWidth(), meter != null, take)
    }
}
