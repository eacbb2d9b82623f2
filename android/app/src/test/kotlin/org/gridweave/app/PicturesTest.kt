package org.gridweave.app

import android.app.Activity
import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.AndroidComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.v2.runAndroidComposeUiTest
import androidx.compose.ui.text.TextLayoutResult
import kotlinx.coroutines.runBlocking
import org.gridweave.app.screens.conflicts.ConflictsScreen
import org.gridweave.app.screens.conflicts.ConflictsState
import org.gridweave.app.screens.enrol.EnrolScreen
import org.gridweave.app.screens.enrol.EnrolState
import org.gridweave.app.screens.find.FindScreen
import org.gridweave.app.screens.find.FindState
import org.gridweave.app.screens.form.FormScreen
import org.gridweave.app.screens.form.FormState
import org.gridweave.app.screens.photo.PhotoScreen
import org.gridweave.app.screens.photo.PhotoState
import org.gridweave.app.screens.lost.LostScreen
import org.gridweave.app.screens.lost.LostState
import org.gridweave.app.screens.lost.NotNowScreen
import org.gridweave.app.screens.map.MapScreen
import org.gridweave.app.screens.map.MapState
import org.gridweave.app.screens.pin.PinScreen
import org.gridweave.app.screens.pin.PinState
import org.gridweave.app.screens.pin.PinStep
import org.gridweave.app.screens.pin.PinTask
import org.gridweave.app.screens.record.RecordScreen
import org.gridweave.app.screens.record.RecordState
import org.gridweave.app.screens.scan.ScanScreen
import org.gridweave.app.screens.scan.ScanState
import org.gridweave.app.screens.settings.SettingsScreen
import org.gridweave.app.screens.settings.SettingsState
import org.gridweave.app.screens.sync.SyncScreen
import org.gridweave.app.screens.sync.SyncState
import org.gridweave.app.screens.today.TodayScreen
import org.gridweave.app.screens.today.TodayState
import org.gridweave.app.ui.CameraNow
import org.gridweave.app.ui.GridweaveTheme
import org.gridweave.core.ChangeKind
import org.gridweave.core.Enrolment
import org.gridweave.core.ListFilter
import org.gridweave.core.Next
import org.gridweave.core.Progress
import org.gridweave.core.Stage
import org.gridweave.core.Stands
import org.gridweave.core.Trouble
import org.gridweave.core.Value
import org.gridweave.core.scaleBar
import org.gridweave.platform.CameraHeard
import org.gridweave.platform.CameraTrouble
import org.gridweave.platform.Chosen
import org.gridweave.platform.Health
import org.gridweave.platform.Language
import org.gridweave.platform.Look
import org.gridweave.platform.ManagedSettings
import org.gridweave.platform.Reading
import org.gridweave.platform.RecorderTrouble
import org.gridweave.platform.Shot
import org.gridweave.platform.Signature
import org.gridweave.platform.Standing
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.io.File

/**
 * Every screen with what a real core told, in both languages, all looks, at two sizes of text and of window. The
 * pictures are for people; that no text is cut off, nothing to touch is small or lies over another is checked here.
 */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, sdk = [34])
class PicturesTest {
    private class Drawn(val name: String, val content: @Composable (Chosen) -> Unit)

    private val screens: List<Drawn> = runBlocking { Colleague("白").use { bai -> Colleague("安").use { scenes(it, bai) } } }

    @Test
    @Config(qualifiers = "zh-rCN-w320dp-h533dp-hdpi")
    fun `a small screen in Chinese`() = shoot("480x800-zh", Look.entries - Look.SYSTEM)

    @Test
    @Config(qualifiers = "en-w320dp-h533dp-hdpi")
    fun `a small screen in English`() = shoot("480x800-en", Look.entries - Look.SYSTEM)

    @Test
    @Config(qualifiers = "zh-rCN-w360dp-h780dp-xxhdpi")
    fun `a tall screen in Chinese`() = shoot("1080x2340-zh", listOf(Look.LIGHT, Look.DARK, Look.SUNLIGHT))

    @Test
    @Config(qualifiers = "en-w360dp-h780dp-xxhdpi")
    fun `a tall screen in English`() = shoot("1080x2340-en", listOf(Look.LIGHT, Look.DARK, Look.SUNLIGHT))

    private fun shoot(size: String, looks: List<Look>) = runAndroidComposeUiTest<ComponentActivity> {
        var shown by mutableStateOf(screens.first())
        var chosen by mutableStateOf(Chosen())
        setContent {
            GridweaveTheme(chosen) {
                Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
                    key(shown, chosen) { shown.content(chosen) }
                }
            }
        }
        for (screen in screens) for (look in looks) for (percent in listOf(100, 150)) {
            shown = screen
            chosen = Chosen(look = look, textPercent = percent)
            waitForIdle()
            val name = "${screen.name}-$size-$percent-${look.name.lowercase()}"
            check(name)
            picture(activity!!, name)
        }
    }

    private fun AndroidComposeUiTest<*>.check(name: String) {
        val nodes = onAllNodes(SemanticsMatcher("all") { true }, useUnmergedTree = true).fetchSemanticsNodes()
        for (node in nodes) {
            val layouts = mutableListOf<TextLayoutResult>()
            node.config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(layouts)
            layouts.forEach { assertTrue("$name: cut off: ${it.layoutInput.text}", it.isWhole()) }
        }
        val touched = nodes.filter { SemanticsActions.OnClick in it.config && SemanticsActions.SetText !in it.config }
        assertTrue("$name: nothing to touch", touched.isNotEmpty())
        val least = (48 * density.density).toInt()
        for (node in touched) assertTrue("$name: small: ${node.config}", minOf(node.size.width, node.size.height) >= least)
        for (one in touched) for (other in touched) {
            if (one.id < other.id) assertTrue("$name: ${one.config} lies over ${other.config}", !one.overlaps(other))
        }
    }

    /** Every line lies within the text's own size. (`hasVisualOverflow` compares with the width that was offered.) */
    private fun TextLayoutResult.isWhole(): Boolean {
        val lines = 0 until lineCount
        return !multiParagraph.didExceedMaxLines && lines.none(::isLineEllipsized) &&
            lines.all { getLineRight(it) - getLineLeft(it) <= size.width + 1 } &&
            (lineCount == 0 || getLineBottom(lineCount - 1) <= size.height + 1)
    }

    private fun SemanticsNode.overlaps(other: SemanticsNode): Boolean {
        val common = boundsInRoot.intersect(other.boundsInRoot)
        return common.width > 1 && common.height > 1
    }

    private fun picture(activity: Activity, name: String) {
        val view = activity.window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(bitmap))
        // 800 pixels are no whole number of the units that a test may ask for.
        val (width, height) = name.split("-")[1].split("x").map { it.toInt() }
        assertTrue(name, bitmap.width == width && bitmap.height in height - 1..height)
        val folder = File(checkNotNull(System.getProperty("gridweave.pictures"))).apply { mkdirs() }
        File(folder, "$name.png").outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }

    /** Both write different things into one record, and one leaves a draft. */
    private suspend fun scenes(an: Colleague, bai: Colleague): List<Drawn> {
        val book = an.book
        val fix = FakeLocation().apply { found() }.now.value.fix()
        val form = book.startForm(HAZARD, null)
        val places = listOf("坪山大道与龙田路交叉口东北侧人行道（公交站旁）", "龙田路口", "金田路幼儿园门前")
        val records = places.map { place ->
            book.startForm(HAZARD, null).use { new ->
                val asked = new.look(null).questions.associateBy { it.item }
                suspend fun choose(item: String, at: Int) =
                    new.answer(asked.getValue(item).key!!, Value.One(asked.getValue(item).choices[at].code))
                choose("category", 1)
                choose("level", 1)
                new.answer(asked.getValue("place").key!!, Value.Text(place))
                new.answer(asked.getValue("description").key!!, Value.Text("井盖破损，影响通行"))
                new.addPhoto(asked.getValue("photos").key!!, book.addPhoto(Hands.jpeg()))
                val last = new.look(new.look(new.look(null).next).next)
                new.answer(last.questions.first { it.item == "settled_at_once" }.key!!, Value.Truth(false))
                new.save(fix, null)
            }
        }
        an.sync()
        bai.sync()
        bai.edit(records[0], "description", "井盖缺失，已放置警示牌并通知市政维修")
        an.edit(records[0], "description", "井盖松动")
        bai.sync()
        an.sync()
        val asked = form.look(null).questions.associateBy { it.item }
        form.answer(asked.getValue("place").key!!, Value.Text("深汕路"))
        form.answer(asked.getValue("found_on").key!!, Value.Date("2099-01-01"))
        form.answer(asked.getValue("location").key!!, Value.Point(226_912_000, 1_143_465_000))
        val draft = form.keep()
        an.edit(records[1], "description", "尚未上传的修改")
        val types = book.types()
        val today = TodayState(book.me(), book.safe(), book.drafts(), book.conflicts(), types)
        val find = FindState("路", book.find("路"), types)
        val all = book.list(ListFilter())
        val list = FindState(types = types, grids = book.grids(), counts = book.counts(), rows = all.rows.mapIndexed { at, it -> it.copy(due = at == 1) })
        val page = book.page(records[0])
        val photos = page.photos.associate { it.hash to book.photo(it.hash) }
        val field = page.fields.first { it.inConflict }
        // As if the photo had come with the values.
        val disputed = field.copy(values = field.values.map { it.copy(photos = page.photos) })
        val conflicts = ConflictsState(
            page = page.copy(fields = listOf(disputed)),
            types = types,
            chosen = mapOf(field.key to field.values[0].dot),
        )
        val here = Standing.Here(Reading(22.691, 114.347, 4.5f, true, false, 0))
        val drawn = book.drawMap(book.mapOfGrids(480, 500)!!)
        val counts = book.counts().associate { it.type to it.count } + (1 to 1203L)
        val seen = MapState(drawn.view, drawn, counts = counts, bar = drawn.view.scaleBar(160f), place = here, types = types)
        val filled = FormState(form.look(null), draft = draft, sayMissing = true, standing = here)
        val running = SyncNow(running = true, progress = Progress(Stage.PHOTOS, 2, 5))
        val safe = book.safe().copy(clockOffsetMs = 3L * 365 * 86_400_000)
        val sync = SyncState(running, safe, book.runs(3), book.waiting(), types, noticesAllowed = false)
        val managed = ManagedSettings(photosOnWifiOnly = true, language = Language.CHINESE)
        val health = Health("wifi", 17, 42)
        val told = book.diagnostics(listOf("0.1.0", "a PDA"))
        val meter = Meter().apply { hear(Standing.Here(Reading(22.691, 114.347, 31f, true, false, 0))) }.now
        val point = asked.getValue("location")
        form.answer(point.key!!, Value.Point(226_910_000, 1_143_470_000))
        val early = form.look(null).let { it.copy(questions = it.questions.filter { q -> q.item in setOf("location", "photos") }) }
        val picture = book.photo(page.photos.first().hash)
        fun watched(context: Context) = FakeCamera().open(context, Shot.FRAMES, object : CameraHeard {
            override fun failed(trouble: CameraTrouble) = Unit
        })
        val pending = EnrolState(pending = Enrolment.Pending("深圳市坪山区六联街道社区网格管理中心", "104 588"))
        form.close()
        val person = book.person("王小明", "555 0100 1234", City.grid)
        val masked = book.page(person)
        val covered = book.startForm(masked.row.type, person).use { edit ->
            val look = edit.look(null)
            look.copy(questions = edit.pages().flatMap { it.questions }.filter { it.item in setOf("name", "phone") })
        }
        // A page short enough that its end is in the picture.
        val gone = page.copy(fields = emptyList(), photos = emptyList(), history = emptyList(), same = emptyList())
        val reasons = book.reasonsGone(page.row.type)
        val change = book.page(records[1]).history.first()
        val refused = today.safe!!.copy(
            refused = listOf(change.copy(kind = ChangeKind.CREATE, stands = Stands.Refused("out_of_scope"))),
        )
        return questions(an) + listOf(
            Drawn("enrol") { EnrolScreen(pending) {} },
            Drawn("enrolcode") { EnrolScreen(EnrolState("GW1-ABCD", trouble = null)) {} },
            Drawn("pinset") { PinScreen(PinState(PinTask.SET, PinStep.NEW, typed = 12), {}) },
            Drawn("pinwait") {
                PinScreen(PinState(PinTask.ENTER, PinStep.CURRENT, waitS = 3599, triesLeft = 1), {}, forgotten = {})
            },
            Drawn("lost") { LostScreen(LostState("wrong_pins"), {}) },
            Drawn("lostsure") { LostScreen(LostState("pin_forgotten", sure = true), {}, {}) },
            Drawn("today") { TodayScreen(today, {}, {}) },
            Drawn("find") { FindScreen(find, {}, {}) },
            Drawn("findall") { FindScreen(list, {}, {}) },
            Drawn("map") { MapScreen(seen, {}, {}, {}) },
            Drawn("mappicked") { MapScreen(MapState(drawn.view, drawn, picked = find.hits!!.rows, types = types), {}, {}, {}) },
            Drawn("record") { RecordScreen(RecordState(page, types), {}, {}, {}, { photos[it] }) },
            Drawn("recordmasked") { RecordScreen(RecordState(masked, types, awayM = 12), {}, {}, {}, { null }) },
            Drawn("recordgone") {
                RecordScreen(RecordState(gone, types, reasons = reasons), {}, {}, {}, { photos[it] })
            },
            Drawn("formcovered") { FormScreen(FormState(covered, standing = here), {}, {}, { null }) },
            Drawn("todayrefused") { TodayScreen(today.copy(safe = refused), {}, {}) },
            Drawn("notnow") { NotNowScreen(Trouble(Next.UPDATE, "newer_data", "a later version")) {} },
            Drawn("form") { FormScreen(filled, {}, {}, { null }) },
            Drawn("conflicts") { ConflictsScreen(conflicts, {}, {}, {}, { photos[it] }) },
            Drawn("sync") { SyncScreen(sync, {}, {}) },
            Drawn("settings") { SettingsScreen(SettingsState(it, "0.1.0"), {}, {}) },
            Drawn("settingsset") { chosen ->
                Bottom { SettingsScreen(SettingsState(chosen, "0.1.0", managed, health, told), {}, {}, it) }
            },
            Drawn("syncqueue") { SyncScreen(sync.copy(now = SyncNow(), safe = safe.copy(clockOffsetMs = 0)), {}, {}) },
            Drawn("formpoint") {
                FormScreen(FormState(early, standing = here, meter = meter, taken = mapOf(point.key!! to 310)), {}, {}, { null })
            },
            Drawn("place") { FormScreen(FormState(early, standing = Standing.NotAllowed), {}, {}, { null }) },
            Drawn("scan") { ScanScreen(ScanState(CameraNow.Ready(true)), {}, ::watched, {}) },
            Drawn("scanrefused") {
                ScanScreen(ScanState(CameraNow.Failed(CameraTrouble.NOT_ALLOWED)), {}, ::watched, {})
            },
            Drawn("photo") { PhotoScreen(PhotoState(CameraNow.Ready(true)), {}, ::watched, { null }, {}, {}) },
            Drawn("phototaken") { PhotoScreen(PhotoState(taken = "a"), {}, ::watched, { picture }, {}, {}) },
        )
    }

    /** Each kind of question that a built-in record type does not ask, and the pages of those that have one. */
    private suspend fun questions(an: Colleague): List<Drawn> {
        val book = an.book
        val form = book.startForm(EVERY_QUESTION, null)
        val asked = form.look(null).questions.associateBy { it.item }
        fun key(item: String) = asked.getValue(item).key!!
        form.answer(key("noise"), Value.Whole(1))
        form.answer(key("seen_at"), Value.Moment(1_790_000_000_000))
        form.rank(key("urgency"), asked.getValue("urgency").choices[1].code, -1)
        form.answer(key("groups"), Value.Many(asked.getValue("groups").choices.take(3).map { it.code }))
        val strokes = listOf(floatArrayOf(0.2f, 0.5f, 0.5f, 0.2f, 0.8f, 0.5f), floatArrayOf(0.3f, 0.7f, 0.7f, 0.7f))
        val pictures = mapOf("door" to Hands.jpeg(), "signed" to Signature.jpeg(strokes))
        val photos = pictures.entries.associate { (item, bytes) ->
            book.addPhoto(bytes).also { form.addPhoto(key(item), it) } to bytes
        }
        val corners = listOf(22.691 to 114.347, 22.6918 to 114.3471, 22.6919 to 114.348, 22.6912 to 114.3483)
        for ((latitude, longitude) in corners) {
            val fix = FakeLocation().apply { found(latitude, longitude) }.now.value.fix()!!
            form.addPoint(key("fence"), fix)
            form.addPoint(key("plot"), fix)
        }
        val look = form.look(null)
        form.close()
        val here = Standing.Here(Reading(22.691, 114.347, 4.5f, true, false, 0))
        val state = FormState(standing = here, meter = Meter().apply { hear(here) }.now)
        fun only(vararg items: String) = state.copy(look = look.copy(questions = look.questions.filter { it.item in items }))
        fun drawn(name: String, state: FormState) = Drawn(name) { FormScreen(state, {}, {}, { photos[it] }) }
        return listOf(
            drawn("formscale", only("noise", "seen_at")),
            drawn("formrank", only("urgency")),
            drawn("formseveral", only("groups")),
            drawn("formseveralpage", only("groups").copy(ownPage = key("groups"))),
            drawn("formimage", only("door")),
            drawn("formsigned", only("signed")),
            drawn("formsign", only("signed").copy(ownPage = key("signed"))),
            drawn("formline", only("fence")),
            drawn("formlinepage", only("fence").copy(ownPage = key("fence"))),
            drawn("formarea", only("plot")),
            drawn("formaudio", only("statement").let { it.copy(look = it.look!!.copy(questions = it.look!!.questions.map { q -> q.copy(value = Value.Photo("a")) })) }),
            drawn("formaudiorun", only("statement").copy(recording = key("statement"))),
            drawn("formaudioallow", only("statement").copy(recorderTrouble = RecorderTrouble.NOT_ALLOWED)),
        )
    }

    /** A list scrolled to its end. */
    @Composable
    private fun Bottom(content: @Composable (LazyListState) -> Unit) {
        val list = rememberLazyListState()
        content(list)
        LaunchedEffect(Unit) { list.scrollToItem(Int.MAX_VALUE / 2) }
    }

    private companion object {
        const val HAZARD = 8
        const val EVERY_QUESTION = 900
    }
}
