package org.gridweave.app.screens.record

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import org.gridweave.app.Kept
import org.gridweave.app.Parts
import org.gridweave.app.Place
import org.gridweave.app.fix
import org.gridweave.app.place
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.photo
import org.gridweave.core.Draft
import org.gridweave.core.Trouble
import org.gridweave.platform.Standing

class RecordModel(private val parts: Parts, private val record: String, private val kept: Kept) :
    Model<RecordState, RecordEvent>(RecordState(photo = kept[PHOTO])) {
    private val standing = MutableStateFlow<Standing>(Standing.Searching)
    private var acting = false
    private var editing: Job? = null

    init {
        viewModelScope.launch { parts.location.standing().collect { heard(it) } }
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().collect { work { see() } } }
    }

    override fun RecordState.with(trouble: Trouble) = copy(trouble = trouble)

    /** Whoever was on another screen meanwhile edits no more, until it is asked for again. */
    override fun look() {
        editing?.cancel()
        change { it.copy(draft = null, open = null) }
        work { see() }
    }

    private suspend fun see() = latest {
        val page = parts.book.page(record)
        val types = parts.book.types()
        return@latest { it.copy(page = page, types = types) }
    }

    override fun on(event: RecordEvent) {
        when (event) {
            RecordEvent.Visited -> if (!now.visited) {
                act {
                    parts.book.confirmVisit(record, standing.value.fix())
                    change { it.copy(visited = true) }
                }
            }
            RecordEvent.Edit -> edit()
            is RecordEvent.GoOn -> open(event.draft)
            RecordEvent.NotEdited -> change { it.copy(draft = null) }
            RecordEvent.Opened -> change { it.copy(draft = null, open = null) }
            is RecordEvent.AskGone -> work {
                val type = now.page?.row?.type.takeIf { event.asking }
                val reasons = type?.let { parts.book.reasonsGone(it) }
                change { it.copy(reasons = reasons) }
            }
            is RecordEvent.Gone -> if (now.page?.row?.alive == true) {
                act {
                    parts.book.delete(record, event.reason, standing.value.fix())
                    change { it.copy(reasons = null) }
                }
            }
            RecordEvent.Restored -> if (now.page?.row?.alive == false) {
                act { parts.book.restore(record, standing.value.fix()) }
            }
            is RecordEvent.LookAt -> {
                kept[PHOTO] = event.photo
                change { it.copy(photo = event.photo) }
            }
            is RecordEvent.Reveal -> work {
                val whole = parts.book.reveal(record, event.field, event.reason)
                change { it.copy(revealed = it.revealed + (event.field to whole)) }
            }
        }
    }

    /** Saves what a hand says of the record and looks at it again; touched twice, once. */
    private fun act(act: suspend () -> Unit) {
        if (acting) return
        acting = true
        work(parts.scope) {
            try {
                act()
                see()
            } finally {
                acting = false
            }
        }
    }

    /** Once, however often it is pressed. */
    private fun edit() {
        if (editing?.isActive == true) return
        editing = work {
            // The draft of a form that was left just now may still be on its way.
            parts.left().joinAll()
            val draft = parts.book.draftOf(record)
            if (draft == null) open(null) else change { it.copy(draft = draft) }
        }
    }

    private fun open(draft: Draft?) = change {
        val begun = it.page?.let { page -> Place.Form(page.row.type, record, null, System.nanoTime()) }
        if (it.open == null) it.copy(open = draft?.place() ?: begun) else it
    }

    private fun heard(standing: Standing) {
        this.standing.value = standing
        val fix = standing.fix() ?: return
        work {
            val away = parts.book.distance(record, fix)
            change { it.copy(awayM = away) }
        }
    }

    /** The bytes of a photo; none for one that is not on this device. */
    suspend fun photo(hash: String) = parts.photo(hash)

    private companion object {
        const val PHOTO = "photo"
    }
}
