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

/** Whether a field book that does not open is whole: something beside it is to be done, then it opens. */
val Trouble.passes get() = next in setOf(Next.RETRY, Next.UPDATE, Next.REFUSED)

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
