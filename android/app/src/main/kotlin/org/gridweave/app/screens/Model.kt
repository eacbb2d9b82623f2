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

    /** Does work of the core; its trouble is shown. */
    protected fun work(scope: CoroutineScope = viewModelScope, work: suspend () -> Unit): Job = scope.launch {
        try {
            work()
        } catch (trouble: Trouble) {
            change { it.with(trouble) }
        }
    }
}
