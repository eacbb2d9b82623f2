package org.gridweave.app.screens

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.gridweave.core.Trouble
import java.util.concurrent.atomic.AtomicInteger

/** A screen's model: [S] is all that is drawn, [E] all that a hand can do. */
abstract class Model<S, E>(first: S) : ViewModel() {
    private val mutable = MutableStateFlow(first)
    val state: StateFlow<S> = mutable.asStateFlow()
    protected val now: S get() = mutable.value

    /** Does what a hand did. */
    abstract fun on(event: E)

    /** Reads again what is shown: the screen came up. */
    abstract fun look()

    /** The state with a trouble to be shown. */
    protected abstract fun S.with(trouble: Trouble): S

    protected fun change(how: (S) -> S) = mutable.update(how)

    private val readings = AtomicInteger()

    /** Shows what is read; of several readings at once the one that began last, for it saw the most. */
    protected suspend fun latest(read: suspend () -> (S) -> S) {
        val mine = readings.incrementAndGet()
        val shown = read()
        if (mine == readings.get()) change(shown)
    }

    /** Does work of the core; its trouble is shown. */
    protected fun work(scope: CoroutineScope = viewModelScope, work: suspend () -> Unit): Job = scope.launch {
        try {
            work()
        } catch (trouble: Trouble) {
            change { it.with(trouble) }
        }
    }
}
