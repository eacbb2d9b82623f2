package org.gridweave.app

import org.gridweave.core.Asks
import org.gridweave.core.Scale
import org.gridweave.core.Value
import org.gridweave.core.typedOf
import org.gridweave.core.valueOf
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.math.BigDecimal

/**
 * What is typed and slid goes to the core and comes back whole, each kind of question as its own. It runs in the stories'
 * sandbox: the library knows one set of bindings in a process, that of who loaded them last.
 */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, sdk = [26, 34])
class TypedTest {
    @Test
    fun `what is typed is read as its kind of question`() {
        val table = listOf(
            Triple(Asks.INTEGER, "12", Value.Whole(12)),
            Triple(Asks.DECIMAL, "12.50", Value.Exact(BigDecimal("12.50"))),
            Triple(Asks.SCALE, "3.5", Value.Exact(BigDecimal("3.5"))),
            Triple(Asks.DATE, "2026-09-21", Value.Date("2026-09-21")),
            Triple(Asks.TIME, "08:30", Value.Time("08:30:00")),
            Triple(Asks.DATE_TIME, "1970-01-02 08:00", Value.Moment(86_400_000)),
            Triple(Asks.PHONE, "0755-1", Value.Text("0755-1")),
        )
        for ((asks, line, value) in table) {
            assertEquals("$asks", value, valueOf(line, asks))
            assertEquals("$asks", line, typedOf(value))
        }
        assertNull(valueOf("twelve", Asks.INTEGER))
        assertEquals(Value.Nothing, valueOf(" ", Asks.DATE))
    }

    @Test
    fun `a scale counts its steps`() {
        val scale = Scale(0.0, 1.0, 0.25)
        assertEquals(4, scale.steps)
        assertEquals(Value.Exact(BigDecimal("0.75")), scale.value(3))
        assertEquals(3, scale.step(scale.value(3)))
        assertNull(scale.step(Value.Nothing))
    }
}
