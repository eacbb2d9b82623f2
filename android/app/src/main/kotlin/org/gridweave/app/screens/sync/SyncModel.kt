package org.gridweave.app.screens.sync

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.Trouble

class SyncModel(private val parts: Parts) : Model<SyncState, SyncEvent>(SyncState()) {
    init {
        viewModelScope.launch { parts.sync.now.collect { now -> change { it.copy(now = now) } } }
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().collect { look() } }
    }

    override fun SyncState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun look() {
        work {
            latest {
                val safe = parts.book.safe()
                val runs = parts.book.runs(RUNS)
                val waiting = parts.book.waiting()
                val types = parts.book.types()
                val services = parts.services
                return@latest {
                    it.copy(
                        safe = safe,
                        runs = runs,
                        waiting = waiting,
                        types = types,
                        chosen = services.chosen,
                        noticesAllowed = services.notices.allowed,
                        trouble = null,
                    )
                }
            }
        }
    }

    override fun on(event: SyncEvent) = when (event) {
        SyncEvent.Start -> parts.sync.start()
        SyncEvent.Cancel -> parts.sync.cancel()
        SyncEvent.Look -> look()
    }

    private companion object {
        const val RUNS = 20
    }
}
