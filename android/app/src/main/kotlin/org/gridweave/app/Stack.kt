package org.gridweave.app

import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelStore
import androidx.lifecycle.ViewModelStoreOwner
import kotlinx.coroutines.flow.StateFlow
import org.gridweave.core.Draft

/** A screen with what it shows. Its text is what outlives the process. */
sealed interface Place {
    data object Today : Place

    data object Find : Place

    /** The choice of what to collect. */
    data object New : Place

    data object Sync : Place

    data object Settings : Place

    /** The grids and what lies in them. */
    data object Map : Place

    /** Changes the PIN. */
    data object Pin : Place

    data class Record(val record: String) : Place

    /** All records in conflict, or the conflicts of one. */
    data class Conflicts(val record: String?) : Place

    /** A form; [draft] is taken up in it. [nonce] tells two forms apart that are begun alike. */
    data class Form(val type: Int, val record: String?, val draft: Long?, val nonce: Long) : Place

    /** Reads a code for [asker], the part of the screen below that it answers. */
    data class Scan(val asker: String) : Place

    /** Takes a photo for [asker]; [taken] once there is one to look at. */
    data class Photo(val asker: String, val taken: String?) : Place

    /** Whether it asks other screens for something. */
    val asks: Boolean get() = this is Find || this is Form

    /** Whether it was opened for this asker. */
    fun answers(asker: String): Boolean = when (this) {
        is Scan -> this.asker == asker
        is Photo -> this.asker == asker
        else -> false
    }

    /** Names the screen whatever becomes of it while it is open: a photo that is taken. */
    fun key(): String = when (this) {
        is Photo -> copy(taken = null).text()
        else -> text()
    }

    fun text(): String = when (this) {
        Today -> "today"
        Find -> "find"
        New -> "new"
        Sync -> "sync"
        Settings -> "settings"
        Pin -> "pin"
        Map -> "map"
        is Record -> "record/$record"
        is Conflicts -> "conflicts/${record.orEmpty()}"
        is Scan -> "scan/$asker"
        is Photo -> "photo/$asker/${taken.orEmpty()}"
        is Form -> "form/$type/${record.orEmpty()}/${draft ?: ""}/$nonce"
    }

    companion object {
        // When first asked for: not all places are made yet when the first of them is.
        val TABS: List<Place> by lazy { listOf(Today, Find, New, Sync, Settings) }

        /** A place from its text; an unknown one is today's. */
        fun of(text: String): Place {
            val parts = text.split("/")
            return when (parts[0]) {
                "record" -> Record(parts[1])
                "conflicts" -> Conflicts(parts[1].ifEmpty { null })
                "pin" -> Pin
                "map" -> Map
                "scan" -> Scan(parts[1])
                "photo" -> Photo(parts[1], parts[2].ifEmpty { null })
                "form" -> Form(parts[1].toInt(), parts[2].ifEmpty { null }, parts[3].toLongOrNull(), parts[4].toLong())
                else -> TABS.find { it.text() == parts[0] } ?: Today
            }
        }
    }
}

/** The form that a draft is taken up in. */
fun Draft.place() = Place.Form(type, record, id, id)

/** What a screen brings back to the one below: a `scan`ned code or the hash of a `photo`. */
data class Answer(val kind: String, val asker: String, val said: String) {
    companion object {
        const val SCAN = "scan"
        const val PHOTO = "photo"
    }
}

/** A few words of a screen's own that outlive the process, and are forgotten when the screen is left. */
class Kept(private val saved: SavedStateHandle, private val screen: String) {
    operator fun get(name: String): String? = saved[PREFIX + screen + SEPARATOR + name]

    operator fun set(name: String, text: String?) {
        saved[PREFIX + screen + SEPARATOR + name] = text
    }

    companion object {
        private const val PREFIX = "kept "
        private const val SEPARATOR = " "

        /** Under this a form keeps the draft that it became. */
        const val DRAFT = "draft"

        /** Forgets those of all screens but these. */
        fun forgetBut(screens: Set<String>, saved: SavedStateHandle) = saved.keys()
            .filter { it.startsWith(PREFIX) && it.removePrefix(PREFIX).substringBefore(SEPARATOR) !in screens }
            .forEach { saved.remove<String>(it) }
    }
}

/** The way back: the screens that lie over one another. It outlives the process. */
class Stack(private val saved: SavedStateHandle) : ViewModel() {
    private val stores = mutableMapOf<String, Owner>()

    /** Texts of the places, the shown one last. */
    val places: StateFlow<List<String>> = saved.getStateFlow(PLACES, listOf(Place.Today.text()))

    /** What screens above brought back and nobody took yet, three texts each. */
    val answers: StateFlow<List<String>> = saved.getStateFlow(ANSWERS, emptyList())

    /** Holds the models of one screen. */
    class Owner : ViewModelStoreOwner {
        override val viewModelStore = ViewModelStore()
    }

    /** Where the models of a place are kept until it is left. */
    fun owner(place: Place): ViewModelStoreOwner = stores.getOrPut(place.key()) { Owner() }

    /** What a screen keeps for itself. */
    fun keeps(place: Place) = Kept(saved, place.key())

    private val top: Place get() = Place.of(places.value.last())

    /** Goes on to a place; whoever touches twice is there already. */
    fun go(place: Place) {
        when (place) {
            top -> Unit
            in Place.TABS -> set(listOf(place.text()))
            else -> set(through(place) ?: (places.value + place.text()))
        }
    }

    /** A draft is filled in in one form: where that lies below, the way leads back to it. */
    private fun through(place: Place): List<String>? {
        val draft = draft(place) ?: return null
        return places.value.take(places.value.indexOfLast { draft(Place.of(it)) == draft } + 1).ifEmpty { null }
    }

    /** The draft that a form is kept as. */
    private fun draft(place: Place): Long? {
        if (place !is Place.Form) return null
        return keeps(place)[Kept.DRAFT]?.toLongOrNull() ?: place.draft
    }

    fun back() = set(places.value.dropLast(1).ifEmpty { listOf(Place.Today.text()) })

    /** Goes on to [place] from the place below, or back to it where it is that. */
    fun replace(place: Place) {
        val below = places.value.dropLast(1)
        set(if (below.lastOrNull() == place.text()) below else below + place.text())
    }

    /** The photo has been taken: from now on the screen is about it. */
    fun taken(photo: Place.Photo, taken: String?) =
        set(places.value.map { if (it == photo.text()) photo.copy(taken = taken).text() else it })

    /** Goes back with what the screen below asked for; once, by the screen that was asked. */
    fun answer(answer: Answer) {
        if (!top.answers(answer.asker)) return
        saved[ANSWERS] = ArrayList(answers.value + listOf(answer.kind, answer.asker, answer.said))
        back()
    }

    /** The answers that came back, each once. */
    fun takeAnswers(): List<Answer> {
        val came = answers.value.chunked(3) { (kind, asker, said) -> Answer(kind, asker, said) }
        if (came.isNotEmpty()) saved[ANSWERS] = ArrayList<String>()
        return came
    }

    private fun set(places: List<String>) {
        saved[PLACES] = ArrayList(places)
        // Whoever asked is not there any more.
        if (!top.asks) saved[ANSWERS] = ArrayList<String>()
        val stay = places.map { Place.of(it).key() }.toSet()
        (stores.keys - stay).forEach { stores.remove(it)?.viewModelStore?.clear() }
        Kept.forgetBut(stay, saved)
    }

    /** Another field book: back to the beginning. */
    fun begin() = set(listOf(Place.Today.text()))

    /** Forgets all that the screens know; the places stay. */
    fun forget() {
        stores.values.forEach { it.viewModelStore.clear() }
        stores.clear()
    }

    override fun onCleared() = stores.values.forEach { it.viewModelStore.clear() }

    private companion object {
        const val PLACES = "places"
        const val ANSWERS = "answers"
    }
}
