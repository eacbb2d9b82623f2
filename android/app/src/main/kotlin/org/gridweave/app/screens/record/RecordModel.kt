package org.gridweave.app.screens.record

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.gridweave.app.Parts
import org.gridweave.app.fix
import org.gridweave.app.screens.Model
import org.gridweave.app.screens.photo
import org.gridweave.core.Trouble
import org.gridweave.platform.Standing

class RecordModel(private val parts: Parts, private val record: String) :
    Model<RecordState, RecordEvent>(RecordState()) {
    private val standing = MutableStateFlow<Standing>(Standing.Searching)

    init {
        viewModelScope.launch { parts.location.standing().collect { standing.value = it } }
        viewModelScope.launch { parts.sync.now.map { it.ended }.distinctUntilChanged().collect { look() } }
    }

    override fun RecordState.with(trouble: Trouble) = copy(trouble = trouble)

    override fun look() {
        work {
            val page = parts.book.page(record)
            val types = parts.book.types()
            change { it.copy(page = page, types = types) }
        }
    }

    override fun on(event: RecordEvent) {
        when (event) {
            RecordEvent.Visited -> work {
                parts.book.confirmVisit(record, standing.value.fix())
                look()
            }
        }
    }

    /** The bytes of a photo; none for one that is not on this device. */
    suspend fun photo(hash: String) = parts.photo(hash)
}
