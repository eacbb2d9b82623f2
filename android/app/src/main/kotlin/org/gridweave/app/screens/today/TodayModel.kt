package org.gridweave.app.screens.today

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.Logged
import org.gridweave.core.Trouble

class TodayModel(private val parts: Parts) : Model<TodayState, TodayEvent>(TodayState()) {
    private var takingUp = false

    init {
        viewModelScope.launch { parts.device.health().collect { now -> change { it.copy(freeMib = now.storageFreeMib) } } }
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().collect { look() } }
    }

    override fun TodayState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun look() {
        work {
            // The draft of a form that was left just now may still be on its way.
            val leaving = parts.left()
            see()
            if (leaving.isEmpty()) return@work
            leaving.joinAll()
            see()
        }
    }

    private suspend fun see() = latest {
        val book = parts.book
        val seen = TodayState(book.me(), book.safe(), book.drafts(), book.conflicts(), book.types())
        return@latest { seen.copy(discarding = it.discarding, freeMib = it.freeMib, takenUp = it.takenUp) }
    }

    override fun on(event: TodayEvent) {
        when (event) {
            is TodayEvent.Discard -> change { it.copy(discarding = event.draft) }
            TodayEvent.KeepDraft -> change { it.copy(discarding = null) }
            is TodayEvent.TakeUp -> takeUp(event.refused)
            TodayEvent.TakenUp -> change { it.copy(takenUp = null) }
            is TodayEvent.DiscardReally -> work {
                parts.book.discardDraft(event.draft)
                change { it.copy(discarding = null) }
                look()
            }
        }
    }

    /** Touched twice, once. */
    private fun takeUp(refused: Logged) {
        if (takingUp || now.takenUp != null) return
        takingUp = true
        work {
            try {
                val id = parts.book.takeUp(refused.dot)
                val draft = parts.book.drafts().find { it.id == id }
                change { it.copy(takenUp = draft) }
                look()
            } finally {
                takingUp = false
            }
        }
    }
}
