package org.gridweave.app

import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelStore
import androidx.lifecycle.ViewModelStoreOwner
import kotlinx.coroutines.flow.StateFlow

/** A screen with what it shows. Its text is what outlives the process. */
sealed interface Place {
    data object Today : Place

    data object Find : Place

    /** The choice of what to collect. */
    data object New : Place

    data object Sync : Place

    data object Settings : Place

    data class Record(val record: String) : Place

    /** All records in conflict, or the conflicts of one. */
    data class Conflicts(val record: String?) : Place

    /** A form; [draft] once it was put aside. [nonce] tells two forms apart that are begun alike. */
    data class Form(val type: Int, val record: String?, val draft: Long?, val nonce: Long) : Place

    fun text(): String = when (this) {
        Today -> "today"
        Find -> "find"
        New -> "new"
        Sync -> "sync"
        Settings -> "settings"
        is Record -> "record/$record"
        is Conflicts -> "conflicts/${record.orEmpty()}"
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
                "form" -> Form(parts[1].toInt(), parts[2].ifEmpty { null }, parts[3].toLongOrNull(), parts[4].toLong())
                else -> TABS.find { it.text() == parts[0] } ?: Today
            }
        }
    }
}

/** The way back: the screens that lie over one another. It outlives the process. */
class Stack(private val saved: SavedStateHandle) : ViewModel() {
    private val stores = mutableMapOf<String, Owner>()

    /** Texts of the places, the shown one last. */
    val places: StateFlow<List<String>> = saved.getStateFlow(PLACES, listOf(Place.Today.text()))

    private class Owner : ViewModelStoreOwner {
        override val viewModelStore = ViewModelStore()
    }

    /** Where the models of a place are kept until it is left. A form keeps its own when it becomes a draft. */
    fun owner(place: Place): ViewModelStoreOwner = stores.getOrPut(key(place)) { Owner() }

    fun go(place: Place) = set(if (place in Place.TABS) listOf(place.text()) else places.value + place.text())

    fun back() = set(places.value.dropLast(1).ifEmpty { listOf(Place.Today.text()) })

    /** Goes on to [place] from the place below. */
    fun replace(place: Place) = set(places.value.dropLast(1) + place.text())

    /** The form has been put aside: from now on it is found by its draft. */
    fun kept(form: Place.Form, draft: Long) =
        set(places.value.map { if (it == form.text()) form.copy(draft = draft).text() else it })

    private fun set(places: List<String>) {
        saved[PLACES] = ArrayList(places)
        val stay = places.map { key(Place.of(it)) }.toSet()
        (stores.keys - stay).forEach { stores.remove(it)?.viewModelStore?.clear() }
    }

    override fun onCleared() = stores.values.forEach { it.viewModelStore.clear() }

    private fun key(place: Place) = if (place is Place.Form) place.copy(draft = null).text() else place.text()

    private companion object {
        const val PLACES = "places"
    }
}
