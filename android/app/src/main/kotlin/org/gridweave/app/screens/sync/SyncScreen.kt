package org.gridweave.app.screens.sync

import android.Manifest
import android.os.Build
import androidx.annotation.RequiresApi
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.screens.today.SafeNotice
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.ClockNotice
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.SideButton
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.rememberPermission
import org.gridweave.app.ui.words
import org.gridweave.core.Progress
import org.gridweave.core.Report
import org.gridweave.core.Run
import org.gridweave.core.Stage
import org.gridweave.core.Unfinished
import org.gridweave.platform.Chosen

/** Handing in and receiving, by hand. */
@Composable
fun SyncScreen(state: SyncState, on: (SyncEvent) -> Unit, go: (Place) -> Unit) {
    Page(stringResource(R.string.sync_title), tab = Place.Sync, go = go) {
        (state.trouble ?: state.now.trouble)?.let { item { Notice(it.words(), bad = true) } }
        state.safe?.let {
            item { SafeNotice(it) }
            item { ClockNotice(it.clockOffsetMs) }
        }
        item {
            if (state.now.running) {
                SideButton(stringResource(R.string.sync_cancel), Modifier.fillMaxWidth()) { on(SyncEvent.Cancel) }
            } else {
                MainButton(stringResource(R.string.sync_start), Modifier.fillMaxWidth()) { on(SyncEvent.Start) }
            }
        }
        if (state.now.running) item { ProgressCard(state.now.progress) }
        state.now.report?.let { item { ReportNotice(it) } }
        item { Policy(state.chosen) }
        if (!state.noticesAllowed && Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) item { AllowNotices(on) }
        state.safe?.refused?.takeIf { it.isNotEmpty() }?.let { item { RefusedCard(it, go) } }
        queue(state.waiting, state.types, go)
        state.safe?.receipt?.let { item { ReceiptCard(it) } }
        if (state.runs.isNotEmpty()) {
            item { Heading(stringResource(R.string.sync_runs)) }
            items(state.runs, key = { it.startedMs }) { RunCard(it) }
        }
    }
}

/** How sync is done, as it was chosen or set. */
@Composable
private fun Policy(chosen: Chosen) {
    val photos = if (chosen.photosOnWifiOnly) R.string.sync_photos_wifi else R.string.sync_photos_always
    val background = if (chosen.backgroundSync) R.string.sync_background_on else R.string.sync_background_off
    Small("${stringResource(background)} ${stringResource(photos)}")
}

@RequiresApi(Build.VERSION_CODES.TIRAMISU)
@Composable
private fun AllowNotices(on: (SyncEvent) -> Unit) {
    val permission = rememberPermission(Manifest.permission.POST_NOTIFICATIONS) { on(SyncEvent.Look) }
    SideButton(stringResource(R.string.sync_allow_notices), Modifier.fillMaxWidth(), onClick = permission.ask)
}

@Composable
private fun ProgressCard(progress: Progress?) {
    Card {
        val stage = when (progress?.stage) {
            null -> R.string.sync_starting
            Stage.PUSHING -> R.string.sync_pushing
            Stage.PULLING -> R.string.sync_pulling
            Stage.REPAIRING -> R.string.sync_repairing
            Stage.PHOTOS -> R.string.sync_photos
        }
        Text(stringResource(stage), style = MaterialTheme.typography.bodyLarge)
        val total = progress?.total
        if (progress != null && total != null && total > 0) {
            LinearProgressIndicator({ progress.done.toFloat() / total }, Modifier.fillMaxWidth())
            Small(stringResource(R.string.sync_of, progress.done, total))
        } else if (progress != null) {
            Small("${progress.done}")
        }
    }
}

@Composable
private fun ReportNotice(report: Report) {
    val unfinished = report.unfinished
    val words = when (unfinished) {
        null -> R.string.sync_done
        Unfinished.Cancelled -> R.string.sync_cancelled
        Unfinished.Held -> R.string.sync_held
        is Unfinished.Failed -> R.string.sync_failed
    }
    Notice(stringResource(words), bad = unfinished is Unfinished.Failed) {
        if (unfinished is Unfinished.Failed) Text(unfinished.trouble.words())
        Text(stringResource(R.string.sync_pushed, report.pushed))
        Text(stringResource(R.string.sync_pulled, report.pulled))
        if (report.refused > 0) Text(stringResource(R.string.sync_refused, report.refused))
        if (report.photos > 0) Text(stringResource(R.string.sync_photos_done, report.photos))
        if (report.photosFailed > 0) Text(stringResource(R.string.sync_photos_failed, report.photosFailed))
    }
}

@Composable
private fun RunCard(run: Run) {
    val outcome = when (run.outcome) {
        "finished" -> R.string.outcome_finished
        "cancelled" -> R.string.outcome_cancelled
        "held" -> R.string.outcome_held
        "unreachable" -> R.string.outcome_unreachable
        "busy" -> R.string.outcome_busy
        "server_key_unknown" -> R.string.outcome_untrusted
        "revoked" -> R.string.outcome_revoked
        "garbled" -> R.string.outcome_garbled
        "store" -> R.string.outcome_store
        else -> R.string.outcome_other
    }
    Card {
        Text("${cityTime(run.startedMs)} · ${stringResource(outcome)}", style = MaterialTheme.typography.bodyLarge)
        val pushed = stringResource(R.string.sync_pushed, run.pushed)
        val pulled = stringResource(R.string.sync_pulled, run.pulled)
        val refused = if (run.refused > 0) stringResource(R.string.sync_refused, run.refused) else null
        Small(listOfNotNull(pushed, pulled, refused).joinToString(" · "))
    }
}
