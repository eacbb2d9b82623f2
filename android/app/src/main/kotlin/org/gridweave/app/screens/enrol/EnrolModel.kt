package org.gridweave.app.screens.enrol

import org.gridweave.app.Parts
import org.gridweave.app.screens.Model
import org.gridweave.core.Enrolment
import org.gridweave.core.Trouble

class EnrolModel(private val parts: Parts) : 
    Model<EnrolState, EnrolEvent>(EnrolState(parts.services.managed.now.enrolmentCode.orEmpty())) {
    init {
        look()
    }

    override fun EnrolState.with(trouble: Trouble) = copy(busy = false, trouble = trouble)

    override fun on(event: EnrolEvent) = when (event) {
        is EnrolEvent.Typed -> change { it.copy(code = event.code, trouble = null) }
        EnrolEvent.Send -> ask { parts.book.enrol(now.code, parts.device.name()) }
        EnrolEvent.Ask -> ask { parts.book.pollEnrolment() }
    }

    /** An enrolment that was begun before the app ended goes on; that there is none is no news. */
    override fun look() {
        work {
            try {
                val answer = parts.book.pollEnrolment()
                // What was asked meanwhile has an answer of its own.
                if (!now.busy) took(answer)
            } catch (_: Trouble) {
                return@work
            }
        }
    }

    private fun ask(question: suspend () -> Enrolment) {
        if (now.busy) return
        change { it.copy(busy = true, trouble = null) }
        work { took(question()) }
    }

    private fun took(answer: Enrolment) = change {
        when (answer) {
            is Enrolment.Pending -> it.copy(busy = false, pending = answer)
            Enrolment.Enrolled -> it.copy(busy = false, enrolled = true)
        }
    }
}
