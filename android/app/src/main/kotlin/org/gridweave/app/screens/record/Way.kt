package org.gridweave.app.screens.record

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.gridweave.app.R
import org.gridweave.app.ui.Notice
import org.gridweave.app.ui.SideButton
import org.gridweave.core.Spot
import org.gridweave.core.geoUri

/** Has another app show the way to a record. */
@Composable
fun Way(spot: Spot) {
    var nobody by rememberSaveable { mutableStateOf(false) }
    val (context, title) = LocalContext.current.applicationContext to stringResource(R.string.way_show)
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        SideButton(title) { nobody = !context.showWay(spot, title) }
        if (nobody) Notice(stringResource(R.string.way_nobody), bad = true)
    }
}

/** Offers the map apps of this device, each with the place in the datum that it reads; false where there is none. */
private fun Context.showWay(spot: Spot, title: String): Boolean {
    val apps = packageManager.queryIntentActivities(Intent(Intent.ACTION_VIEW, Uri.parse("geo:0,0")), 0)
    val asked = apps.map { it.activityInfo.packageName }.distinct().mapNotNull { app ->
        spot.geoUri(app)?.let { Intent(Intent.ACTION_VIEW, Uri.parse(it)).setPackage(app) }
    }
    if (asked.isEmpty()) return false
    val others = asked.drop(1).toTypedArray()
    val chooser = Intent.createChooser(asked.first(), title).putExtra(Intent.EXTRA_INITIAL_INTENTS, others)
    return try {
        val shown = if (others.isEmpty()) asked.single() else chooser
        startActivity(shown.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        true
    } catch (_: ActivityNotFoundException) {
        false // it was taken away just now
    }
}
