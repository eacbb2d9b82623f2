package org.gridweave.app.screens.form

import org.gridweave.app.ui.CITY_ZONE
import org.gridweave.core.Asks
import org.gridweave.core.Value
import org.gridweave.core.numberIn
import java.time.DateTimeException
import java.time.LocalDate
import java.time.LocalTime

/** The answer that a typed text is; none for one that cannot be read. An empty text clears the answer. */
fun readTyped(text: String, asks: Asks): Value? = when {
    text.isBlank() -> Value.Nothing
    asks == Asks.INTEGER || asks == Asks.DECIMAL || asks == Asks.NUMBER -> numberIn(text, asks)
    asks == Asks.DATE -> dayIn(text)?.let { Value.Date(it.toString()) }
    asks == Asks.TIME -> timeIn(text)?.let { Value.Time("%02d:%02d:00".format(it.hour, it.minute)) }
    else -> Value.Text(text)
}

/** What an answer looks like in a field for typing. */
fun typedOf(value: Value): String = when (value) {
    is Value.Text -> value.text
    is Value.Whole -> "${value.number}"
    is Value.Exact -> value.number.toPlainString()
    is Value.Date -> value.day
    is Value.Time -> value.time.take(5)
    else -> ""
}

/** The day beside that of a field, or beside today, by the city's calendar. */
fun dayBeside(value: Value, days: Long): Value.Date {
    val day = (value as? Value.Date)?.let { dayIn(it.day) } ?: LocalDate.now(CITY_ZONE)
    return Value.Date(day.plusDays(days).toString())
}

/** Eight digits, whatever stands between them. */
private fun dayIn(text: String): LocalDate? = digits(text, 8)?.let {
    valid { LocalDate.of(it.take(4).toInt(), it.substring(4, 6).toInt(), it.takeLast(2).toInt()) }
}

private fun timeIn(text: String): LocalTime? = digits(text, 4)?.let {
    valid { LocalTime.of(it.take(2).toInt(), it.takeLast(2).toInt()) }
}

private fun digits(text: String, count: Int): String? =
    text.filter { it in '0'..'9' }.takeIf { it.length == count }

private fun <T> valid(make: () -> T): T? = try {
    make()
} catch (_: DateTimeException) {
    null
}
