package org.gridweave.core

import org.gridweave.ffi.RangeParameters
import org.gridweave.ffi.readTyped
import org.gridweave.ffi.scaleStep
import org.gridweave.ffi.scaleSteps
import org.gridweave.ffi.scaleValue
import org.gridweave.ffi.typedText

/** The answer that a typed line is; none for one that cannot be read. An empty line clears the answer. */
fun valueOf(line: String, asks: Asks): Value? = readTyped(asks.typing(), line)?.ours()

/** What an answer looks like in a line for typing; nothing for what is not typed. */
fun typedOf(value: Value): String = if (value == Value.Other) "" else typedText(value.theirs())

/** The scale of a number: steps from [start] to [end], by [step]. */
data class Scale(val start: Double, val end: Double, val step: Double) {
    private val theirs get() = RangeParameters(start, end, step)

    /** How many steps it has; none for bounds that make no scale. */
    val steps: Int by lazy { scaleSteps(theirs).toInt() }

    /** The number after so many steps. */
    fun value(at: Int): Value = scaleValue(theirs, at.coerceAtLeast(0).toUInt()).ours()

    /** After how many steps a number stands; none for what is no number. */
    fun step(of: Value): Int? = if (of == Value.Other) null else scaleStep(theirs, of.theirs())?.toInt()
}
