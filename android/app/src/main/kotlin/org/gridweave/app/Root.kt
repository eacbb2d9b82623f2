package org.gridweave.app

import android.content.Intent
import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.SaveableStateHolder
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.ViewModel
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.viewmodel.compose.LocalViewModelStoreOwner
import androidx.lifecycle.viewmodel.compose.viewModel
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import org.gridweave.app.screens.conflicts.ConflictsModel
import org.gridweave.app.screens.conflicts.ConflictsScreen
import org.gridweave.app.screens.enrol.EnrolEvent
import org.gridweave.app.screens.enrol.EnrolModel
import org.gridweave.app.screens.enrol.EnrolScreen
import org.gridweave.app.screens.enrol.EnrolState
import org.gridweave.app.screens.find.FindEvent
import org.gridweave.app.screens.find.FindModel
import org.gridweave.app.screens.find.FindScreen
import org.gridweave.app.screens.form.FormEvent
import org.gridweave.app.screens.form.FormModel
import org.gridweave.app.screens.form.FormScreen
import org.gridweave.app.screens.form.NewModel
import org.gridweave.app.screens.form.NewScreen
import org.gridweave.app.screens.form.text
import org.gridweave.app.screens.lost.LostScreen
import org.gridweave.app.screens.lost.NotNowScreen
import org.gridweave.app.screens.lost.shuts
import org.gridweave.app.screens.photo.PhotoModel
import org.gridweave.app.screens.photo.PhotoScreen
import org.gridweave.app.screens.map.MapEvent
import org.gridweave.app.screens.map.MapModel
import org.gridweave.app.screens.map.MapScreen
import org.gridweave.app.screens.pin.PinModel
import org.gridweave.app.screens.pin.PinScreen
import org.gridweave.app.screens.pin.PinTask
import org.gridweave.app.screens.record.RecordEvent
import org.gridweave.app.screens.record.RecordModel
import org.gridweave.app.screens.record.RecordScreen
import org.gridweave.app.screens.scan.ScanEvent
import org.gridweave.app.screens.scan.ScanModel
import org.gridweave.app.screens.scan.ScanScreen
import org.gridweave.app.screens.settings.SettingsEvent
import org.gridweave.app.screens.settings.SettingsModel
import org.gridweave.app.screens.settings.SettingsScreen
import org.gridweave.app.screens.sync.SyncModel
import org.gridweave.app.screens.sync.SyncScreen
import org.gridweave.app.screens.today.TodayEvent
import org.gridweave.app.screens.today.TodayModel
import org.gridweave.app.screens.today.TodayScreen
import org.gridweave.app.ui.TakeCodes
import org.gridweave.platform.Chosen

/** Opens the field book, asks for its PIN, lets the device be enrolled, then shows the screen on top of the stack. */
@Composable
fun Root(app: GridweaveApp, chosen: Chosen, choose: (Chosen) -> Unit) {
    var gate by remember { mutableStateOf<Gate?>(null) }
    var attempt by remember { mutableIntStateOf(0) }
    val locked by app.lock.locked.collectAsStateWithLifecycle()
    val stack = viewModel<Stack>()
    LaunchedEffect(attempt) { gate = app.gate() }
    LaunchedEffect(locked, gate) {
        // Through the gate again, as the field book may be another one by then: it is closed for handing it over.
        if (locked && (gate as? Gate.Open)?.hasPin == true) {
            stack.forget()
            gate = Gate.Pin
        }
    }
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
        val again = { attempt++; Unit }
        when (val at = gate) {
            null -> Box(Modifier.fillMaxSize(), Alignment.Center) { Text(stringResource(R.string.opening)) }
            Gate.Pin -> AskPin(app, again)
            is Gate.Shut -> if (at.why.shuts) Lost(app, at.why.code, null, again) else NotNowScreen(at.why, again)
            is Gate.Open -> when {
                !at.enrolled -> {
                    LaunchedEffect(Unit) { stack.begin() }
                    val model = model("enrol ${at.parts.hashCode()}") { EnrolModel(at.parts) }
                    val state by model.state.collectAsStateWithLifecycle()
                    LaunchedEffect(state.enrolled) { if (state.enrolled) again() }
                    EnrolOrScan(at.parts.services, state, model::on)
                }
                !at.hasPin -> {
                    val model = model("set pin ${at.parts.hashCode()}") { PinModel(app.pins, PinTask.SET) }
                    val state = model.shown()
                    LaunchedEffect(state.done) { if (state.done) again() }
                    PinScreen(state, model::on)
                }
                locked -> Unit // the PIN is asked in a moment
                else -> Screens(app, at.parts, stack, chosen, choose)
            }
        }
    }
}

/** Asks for the PIN; each time by a model of its own, which ends with the asking. */
@Composable
private fun AskPin(app: GridweaveApp, opened: () -> Unit) {
    val times by app.lock.times.collectAsStateWithLifecycle()
    // Somebody else may go on when it locked again: with none of the digits, and with no answer to them.
    val owner = remember(times) { Stack.Owner() }
    DisposableEffect(owner) { onDispose { owner.viewModelStore.clear() } }
    var forgotten by rememberSaveable { mutableStateOf(false) }
    CompositionLocalProvider(LocalViewModelStoreOwner provides owner) {
        val model = model("pin") { PinModel(app.pins, PinTask.ENTER) }
        val state = model.shown()
        LaunchedEffect(state.done) { if (state.done) opened() }
        val shut = state.trouble?.takeIf { it.shuts }?.code
        when {
            shut != null -> Lost(app, shut, null, opened)
            forgotten -> Lost(app, "pin_forgotten", { forgotten = false }, opened)
            else -> PinScreen(state, model::on) { forgotten = true }
        }
    }
}

@Composable
private fun Lost(app: GridweaveApp, code: String, back: (() -> Unit)?, again: () -> Unit) {
    val share = shareBy(stringResource(R.string.lost_hand_over))
    val model = model("lost $code") { app.lost(code, share, again) }
    val state by model.state.collectAsStateWithLifecycle()
    if (back != null) BackHandler(onBack = back)
    LostScreen(state, model::on, back)
}

/** Before there is a way back: scanning lies over enrolment. */
@Composable
private fun EnrolOrScan(services: Services, state: EnrolState, on: (EnrolEvent) -> Unit) {
    var scanning by rememberSaveable { mutableStateOf(false) }
    var opened by rememberSaveable { mutableIntStateOf(0) }
    TakeCodes(services.codes) { code ->
        scanning = false
        on(EnrolEvent.Typed(code))
    }
    if (!scanning || state.pending != null) {
        val scan = {
            opened++
            scanning = true
        }
        return EnrolScreen(state, scan, on)
    }
    BackHandler { scanning = false }
    val model = model("scan $opened") { ScanModel(services) }
    val seen = model.shown()
    LaunchedEffect(seen.found) {
        seen.found?.let {
            scanning = false
            on(EnrolEvent.Typed(it))
        }
    }
    ScanScreen(seen, model::on, model::open) { scanning = false }
}

@Composable
private fun Screens(app: GridweaveApp, parts: Parts, stack: Stack, chosen: Chosen, choose: (Chosen) -> Unit) {
    val places by stack.places.collectAsStateWithLifecycle()
    val place = Place.of(places.last())
    val kept = rememberSaveableStateHolder()
    forgetLeft(kept, places.map { Place.of(it).key() }.toSet())
    BackHandler(place != Place.Today) { stack.back() }
    CompositionLocalProvider(LocalViewModelStoreOwner provides stack.owner(place)) {
        // A form stays the same screen when it becomes a draft.
        kept.SaveableStateProvider(place.key()) {
            Show(place, app, parts, stack, chosen, choose)
        }
    }
}

/** A screen that was left begins from its top when one comes again. */
@Composable
private fun forgetLeft(kept: SaveableStateHolder, open: Set<String>) {
    var before by remember { mutableStateOf(open) }
    LaunchedEffect(open) {
        (before - open).forEach(kept::removeState)
        before = open
    }
}

@Composable
private fun Show(place: Place, app: GridweaveApp, parts: Parts, stack: Stack, chosen: Chosen, choose: (Chosen) -> Unit) {
    when (place) {
        Place.Today -> {
            val model = model("today") { TodayModel(parts) }
            val state = model.shown()
            LaunchedEffect(state.takenUp) {
                state.takenUp?.let {
                    model.on(TodayEvent.TakenUp)
                    stack.go(it.place())
                }
            }
            TodayScreen(state, model::on, stack::go)
        }
        Place.Find -> {
            val model = model("find") { FindModel(parts, stack.keeps(place)) }
            Answers(stack) { model.on(FindEvent.Typed(it.said)) }
            TakeCodes(parts.services.codes) { model.on(FindEvent.Typed(it)) }
            FindScreen(model.shown(), model::on, stack::go)
        }
        is Place.Scan -> {
            val model = model("scan") { ScanModel(parts.services) }
            val state = model.shown()
            LaunchedEffect(state.found) { state.found?.let { stack.answer(Answer(Answer.SCAN, place.asker, it)) } }
            TakeCodes(parts.services.codes) { model.on(ScanEvent.Heard(it)) }
            ScanScreen(state, model::on, model::open, stack::back)
        }
        is Place.Photo -> {
            val model = model("photo") { PhotoModel(parts, place.taken) }
            val state = model.shown()
            LaunchedEffect(state.taken) { if (state.taken != place.taken) stack.taken(place, state.taken) }
            val use = { hash: String -> stack.answer(Answer(Answer.PHOTO, place.asker, hash)) }
            PhotoScreen(state, model::on, model::open, model::photo, use, stack::back)
        }
        Place.New -> {
            val model = model("new") { NewModel(parts) }
            NewScreen(model.shown(), stack::go)
        }
        Place.Sync -> {
            val model = model("sync") { SyncModel(parts) }
            SyncScreen(model.shown(), model::on, stack::go)
        }
        Place.Settings -> {
            val share = shareBy(stringResource(R.string.lost_hand_over))
            val model = model("settings") { SettingsModel(parts, app.rescue, share) }
            val state = model.shown().copy(chosen = chosen)
            SettingsScreen(state, { if (it is SettingsEvent.Choose) choose(it.chosen) else model.on(it) }, stack::go)
        }
        Place.Map -> {
            val model = model("map") { MapModel(parts, stack.keeps(place)) }
            val state = model.shown()
            LaunchedEffect(state.open) { state.open?.let { model.on(MapEvent.Unpicked); stack.go(it) } }
            MapScreen(state, model::on, stack::go, stack::back)
        }
        Place.Pin -> {
            val model = model("change pin") { PinModel(app.pins, PinTask.CHANGE) }
            val state = model.shown()
            LaunchedEffect(state.done) { if (state.done) stack.back() }
            // Whether it was changed is told before one leaves.
            BackHandler(state.busy) {}
            PinScreen(state, model::on, { if (!state.busy) stack.back() })
        }
        is Place.Record -> {
            val model = model("record") { RecordModel(parts, place.record, stack.keeps(place)) }
            val state = model.shown()
            LaunchedEffect(state.open) {
                // As it is now: what was asked for before another screen came up is forgotten.
                model.state.value.open?.let { model.on(RecordEvent.Opened); stack.go(it) }
            }
            RecordScreen(state, model::on, stack::go, stack::back, model::photo)
        }
        is Place.Conflicts -> {
            val model = model("conflicts") { ConflictsModel(parts, place.record, stack.keeps(place)) }
            ConflictsScreen(model.shown(), model::on, stack::go, stack::back, model::photo)
        }
        is Place.Form -> {
            val model = model("form") { FormModel(parts, place, stack.keeps(place)) }
            val state = model.shown()
            LaunchedEffect(state.saved, state.late) {
                val saved = state.saved.takeIf { !state.late } ?: return@LaunchedEffect
                // A record that left has no page to go to.
                if (state.left) stack.back() else stack.replace(Place.Record(saved))
            }
            Answers(stack) { model.on(FormEvent.Brought(it)) }
            TakeCodes(parts.services.codes) { model.on(FormEvent.Heard(it)) }
            FormScreen(
                state,
                { event ->
                    val to = when (event) {
                        is FormEvent.Scan -> Place.Scan(event.field.text())
                        is FormEvent.Photograph -> Place.Photo(event.field.text(), null)
                        FormEvent.Leave -> place.record?.let(Place::Record) ?: Place.Find
                        else -> null
                    }
                    model.on(event)
                    // What is being saved leads nowhere else: what came back from there would come too late.
                    if (to != null && !model.state.value.saving) stack.go(to)
                },
                stack::back,
                model::photo,
            )
        }
    }
}

/** Lets the person choose an app that gets what is offered. */
@Composable
private fun shareBy(title: String): (Intent) -> Unit {
    val app = LocalContext.current.applicationContext
    return { app.startActivity(Intent.createChooser(it, title).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)) }
}

/** Gives what screens above brought back to the one that asked. */
@Composable
private fun Answers(stack: Stack, give: (Answer) -> Unit) {
    val came by stack.answers.collectAsStateWithLifecycle()
    LaunchedEffect(came) { stack.takeAnswers().forEach(give) }
}

/** A place's own model: made anew for each place, kept over a rotation. */
@Composable
private inline fun <reified M : ViewModel> model(key: String, crossinline make: () -> M): M =
    viewModel(key = key, factory = viewModelFactory { initializer { make() } })

/** What a model shows; it looks again whenever its screen comes up. */
@Composable
private fun <S, E> org.gridweave.app.screens.Model<S, E>.shown(): S {
    val state by state.collectAsStateWithLifecycle()
    LaunchedEffect(this) { look() }
    return state
}
