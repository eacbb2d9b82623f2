package org.gridweave.app.screens.form

import org.gridweave.core.Asks
import org.gridweave.core.FieldKey
import org.gridweave.core.Question
import org.gridweave.core.Value

/** Names a field in the way to another screen and back. */
fun FieldKey.text(): String = if (instance == null) "$no" else "$no.$instance"

/** The field of such a name; none for a text that is none. */
fun fieldKeyOf(text: String): FieldKey? {
    val no = text.substringBefore('.').toIntOrNull() ?: return null
    val instance = text.substringAfter('.', "")
    return if (instance.isEmpty()) FieldKey(no, null) else instance.toULongOrNull()?.let { FieldKey(no, it) }
}

/** Whether a question wants what a scanner reads: a code of any kind, or an identity code. */
fun FormState.wantsCode(question: Question): Boolean {
    val key = question.key ?: return false
    // A scan is no way past a mask: it goes where the person said that the answer is to be given anew.
    if (question.covered != null && key !in anew) return false
    return !question.readOnly && (question.kind == Asks.CODE || (question.kind == Asks.TEXT && key.no in schemes))
}

/** Where a code goes that the built-in scanner read: to the first question of the screen that wants one and has none. */
fun FormState.codeQuestion(): Question? {
    val wanting = look?.questions.orEmpty().filter(::wantsCode)
    return wanting.firstOrNull { it.value == Value.Nothing && typed[it.key].isNullOrEmpty() } ?: wanting.singleOrNull()
}
