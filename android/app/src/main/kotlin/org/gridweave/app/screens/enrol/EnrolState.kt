package org.gridweave.app.screens.enrol

import org.gridweave.core.Enrolment
import org.gridweave.core.Trouble

data class EnrolState(
    val code: String = "",
    val busy: Boolean = false,
    val pending: Enrolment.Pending? = null,
    val enrolled: Boolean = false,
    val trouble: Trouble? = null,
)
