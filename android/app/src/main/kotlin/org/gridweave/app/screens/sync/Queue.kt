package org.gridweave.app.screens.sync

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.gridweave.app.Place
import org.gridweave.app.R
import org.gridweave.app.ui.Card
import org.gridweave.app.ui.Heading
import org.gridweave.app.ui.Small
import org.gridweave.app.ui.cityTime
import org.gridweave.app.ui.here
import org.gridweave.app.ui.refusedWords
import org.gridweave.core.Logged
import org.gridweave.core.Receipt
import org.gridweave.core.RecordType
import org.gridweave.core.Stands
import org.gridweave.core.Waiting
import java.util.Locale

/** So many of the queue are shown; the rest is counted. */
private const val SHOWN = 20

/** What is on this device alone, by record. */
internal fun LazyListScope.queue(waiting: List<Waiting>, types: Map<Int, RecordType>, go: (Place) -> Unit) {
    if (waiting.isEmpty()) return
    item { Heading(stringResource(R.string.sync_queue, waiting.size)) }
    items(waiting.take(SHOWN), key = { "waiting ${it.record}" }) { WaitingCard(it, types[it.type], go) }
    if (waiting.size > SHOWN) item { Small(stringResource(R.string.sync_queue_more, waiting.size - SHOWN)) }
}

@Composable
private fun WaitingCard(waiting: Waiting, type: RecordType?, go: (Place) -> Unit) {
    Card({ go(Place.Record(waiting.record)) }) {
        val names = listOf(waiting.title.here(), type?.label?.here().orEmpty()).filter { it.isNotEmpty() }
        Text(names.joinToString(" · "), style = MaterialTheme.typography.bodyLarge)
        val what = listOfNotNull(
            stringResource(R.string.sync_queue_changes, waiting.changes).takeIf { waiting.changes > 0 },
            stringResource(R.string.sync_queue_photos, waiting.photos, mebibytes(waiting.photoBytes))
                .takeIf { waiting.photos > 0 },
            stringResource(R.string.sync_queue_damaged, waiting.photosDamaged).takeIf { waiting.photosDamaged > 0 },
            stringResource(R.string.sync_queue_not_taken, waiting.photosNotTaken).takeIf { waiting.photosNotTaken > 0 },
            waiting.sinceMs?.let { stringResource(R.string.sync_queue_since, cityTime(it)) },
        )
        Small(what.joinToString(" · "))
    }
}

/** What the server keeps and did not accept, by its reason; each change stands on the first screen. */
@Composable
internal fun RefusedCard(refused: List<Logged>, go: (Place) -> Unit) {
    Card({ go(Place.Today) }) {
        Text(stringResource(R.string.today_refused, refused.size), style = MaterialTheme.typography.bodyLarge)
        val reasons = refused.groupingBy { (it.stands as? Stands.Refused)?.code.orEmpty() }.eachCount()
        for ((code, count) in reasons) Small("${refusedWords(code)}：$count", MaterialTheme.colorScheme.error)
    }
}

/** What the server signed for last: to be compared with the console. */
@Composable
internal fun ReceiptCard(receipt: Receipt) {
    Card {
        Small(stringResource(R.string.sync_receipt))
        val time = cityTime(receipt.serverMs)
        Text(
            stringResource(R.string.sync_receipt_line, receipt.durable, receipt.hash, time),
            style = MaterialTheme.typography.bodyLarge,
        )
    }
}

private fun mebibytes(bytes: Long) = "%.1f".format(Locale.ROOT, bytes / (1024.0 * 1024.0))
