package org.gridweave.app.screens.lost

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.app.ui.MainButton
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.Page
import org.gridweave.app.ui.words
import org.gridweave.core.Next
import org.gridweave.core.Trouble

/** Whether it leaves the field book shut for good on this phone; all else is done away with beside it, then it opens. */
val Trouble.shuts get() = next == Next.LOST || next == Next.BROKEN

/** The field book does not open now. Nothing that would set it aside is offered. */
@Composable
fun NotNowScreen(why: Trouble, again: () -> Unit) {
    Page(
        stringResource(R.string.not_now_title),
        bottom = { MainButton(stringResource(R.string.again), Modifier.weight(1f), onClick = again) },
    ) {
        item { Notice(why.words(), bad = true) }
    }
}
