package org.gridweave.app.screens.pin

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.gridweave.app.screens.Model
import org.gridweave.core.BookState
import org.gridweave.core.Trouble
import org.gridweave.core.pinLimits

/** What becomes of PINs: [enter] opens or goes on, [set] sets a new one in place of the old, [state] tells the tries. */
interface Pins {
    suspend fun enter(pin: String)

    suspend fun set(old: String?, new: String)

    suspend fun state(): BookState
}

/** A PIN being typed. The digits are here alone: neither the state nor what outlives the process holds them. */
class PinModel(private val pins: Pins, private val task: PinTask) :
    Model<PinState, PinEvent>(PinState(task, if (task == PinTask.SET) PinStep.NEW else PinStep.CURRENT)) {
    private var digits = ""
    private var old: String? = null
    private var new: String? = null
    private var waiting: Job? = null

    override fun PinState.with(trouble: Trouble) = copy(busy = false, typed = 0, trouble = trouble)

    override fun look() {
        if (task != PinTask.SET) work { tellTries() }
    }

    override fun on(event: PinEvent) {
        if (now.busy) return
        when (event) {
            is PinEvent.Digit -> if (digits.length < pinLimits.digitsMost) typed(digits + event.digit)
            PinEvent.Erase -> typed(digits.dropLast(1))
            PinEvent.GoOn -> if (now.mayGoOn) goOn()
        }
    }

    private fun typed(text: String) {
        digits = text
        change { it.copy(typed = text.length, trouble = null, differed = false) }
    }

    private fun goOn() {
        val pin = digits
        digits = ""
        when (now.step) {
            PinStep.CURRENT -> if (task == PinTask.ENTER) ask { pins.enter(pin) } else {
                old = pin
                to(PinStep.NEW)
            }
            PinStep.NEW -> {
                new = pin
                to(PinStep.AGAIN)
            }
            PinStep.AGAIN -> if (pin == new) ask { pins.set(old, pin) } else {
                to(PinStep.NEW)
                change { it.copy(differed = true) }
            }
        }
    }

    private fun to(step: PinStep) = change { it.copy(step = step, typed = 0, trouble = null, differed = false) }

    private fun ask(question: suspend () -> Unit) {
        change { it.copy(busy = true, typed = 0, trouble = null) }
        work {
            try {
                question()
                change { it.copy(done = true) }
            } catch (trouble: Trouble) {
                // From the beginning: what was typed is forgotten.
                to(if (task == PinTask.SET) PinStep.NEW else PinStep.CURRENT)
                change { it.copy(busy = false, trouble = trouble) }
                if (task != PinTask.SET) tellTries()
            }
        }
    }

    private suspend fun tellTries() {
        val locked = pins.state() as? BookState.Locked ?: return
        change { it.copy(triesLeft = locked.triesLeft.takeIf { left -> left < pinLimits.tries }) }
        waiting?.cancel()
        waiting = viewModelScope.launch {
            for (left in (locked.waitMs + 999) / 1000 downTo 0) {
                change { it.copy(waitS = left) }
                if (left > 0) delay(1000)
            }
        }
    }

    override fun onCleared() {
        digits = ""
        old = null
        new = null
    }
}
