package org.gridweave.app.ui

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp

/** What is filtered by, in one line that is pushed to the side. */
@Composable
fun Chips(modifier: Modifier = Modifier, content: @Composable RowScope.() -> Unit) {
    Row(modifier.horizontalScroll(rememberScrollState()), Arrangement.spacedBy(8.dp), Alignment.CenterVertically, content)
}

/** One thing to filter by; its border tells the chosen one, too. */
@Composable
fun Chip(text: String, chosen: Boolean, onClick: () -> Unit) {
    val colors = MaterialTheme.colorScheme
    Surface(
        Modifier.selectable(chosen, role = Role.Tab, onClick = onClick),
        shape = RoundedCornerShape(28.dp),
        color = if (chosen) colors.secondaryContainer else colors.surface,
        contentColor = if (chosen) colors.onSecondaryContainer else colors.onSurface,
        border = BorderStroke(if (chosen) 3.dp else 1.dp, colors.outline),
    ) {
        Box(Modifier.heightIn(min = TOUCH).padding(horizontal = 16.dp), Alignment.Center) {
            Text(text, style = MaterialTheme.typography.bodyLarge, maxLines = 1)
        }
    }
}
