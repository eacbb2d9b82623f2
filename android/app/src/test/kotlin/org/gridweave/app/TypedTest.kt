package org.gridweave.app

import org.gridweave.app.screens.form.dayBeside
import org.gridweave.app.screens.form.readTyped
import org.gridweave.core.Asks
import org.gridweave.core.Value
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import java.math.BigDecimal

/** What is typed is read as the core wants it, or not at all. */
class TypedTest {
    @Test
    fun `numbers are exact`() {
        assertEquals(Value.Whole(12), readTyped(" 12 ", Asks.INTEGER))
        assertEquals(Value.Exact(BigDecimal("12.50")), readTyped("12.50", Asks.DECIMAL))
        assertEquals(Value.Whole(3), readTyped("3", Asks.NUMBER))
        assertNull(readTyped("12.5", Asks.INTEGER))
        assertNull(readTyped("twelve", Asks.DECIMAL))
        assertNull(readTyped("1e9", Asks.DECIMAL))
        assertEquals(Value.Nothing, readTyped("", Asks.INTEGER))
    }

    @Test
    fun `days and times are eight and four digits`() {
        assertEquals(Value.Date("2026-09-21"), readTyped("20260921", Asks.DATE))
        assertEquals(Value.Date("2026-09-21"), readTyped("2026-09-21", Asks.DATE))
        assertNull(readTyped("20260231", Asks.DATE))
        assertEquals(Value.Time("08:30:00"), readTyped("830".padStart(4, '0'), Asks.TIME))
        assertNull(readTyped("2460", Asks.TIME))
        assertEquals(Value.Date("2026-03-01"), dayBeside(Value.Date("2026-02-28"), 1))
    }
}
