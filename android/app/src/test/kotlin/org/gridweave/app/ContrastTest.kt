package org.gridweave.app

import androidx.compose.material3.ColorScheme
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import org.gridweave.app.ui.DarkColors
import org.gridweave.app.ui.LightColors
import org.gridweave.app.ui.SunlightColors
import org.junit.Assert.assertTrue
import org.junit.Test

/** Every pair of colours that is drawn one on the other, as WCAG 2 measures contrast. */
class ContrastTest {
    private fun contrast(a: Color, b: Color): Float {
        val (dark, light) = listOf(a.luminance(), b.luminance()).sorted()
        return (light + 0.05f) / (dark + 0.05f)
    }

    private fun check(name: String, colors: ColorScheme, least: Float) {
        val texts = mapOf(
            "surface" to (colors.onSurface to colors.surface),
            "background" to (colors.onBackground to colors.background),
            "card" to (colors.onSurface to colors.surfaceVariant),
            "small on card" to (colors.onSurfaceVariant to colors.surfaceVariant),
            "small" to (colors.onSurfaceVariant to colors.background),
            "main button" to (colors.onPrimary to colors.primary),
            "side button" to (colors.primary to colors.background),
            "side button on notice" to (colors.primary to colors.errorContainer),
            "notice" to (colors.onPrimaryContainer to colors.primaryContainer),
            "bad notice" to (colors.onErrorContainer to colors.errorContainer),
            "chosen" to (colors.onSecondaryContainer to colors.secondaryContainer),
            "small on chosen" to (colors.onSurfaceVariant to colors.secondaryContainer),
            "error" to (colors.error to colors.background),
            "error on card" to (colors.error to colors.surfaceVariant),
        )
        for ((what, pair) in texts) {
            val found = contrast(pair.first, pair.second)
            assertTrue("$name, $what: $found", found >= least)
        }
        // Lines and marks are no texts: 3:1, and in the sun as strong as all else.
        val line = contrast(colors.outline, colors.background)
        assertTrue("$name, lines: $line", line >= if (least > 5) least else 3f)
    }

    @Test
    fun `in the sun seven to one`() = check("sunlight", SunlightColors, 7f)

    @Test
    fun `otherwise four and a half to one`() {
        check("light", LightColors, 4.5f)
        check("dark", DarkColors, 4.5f)
    }
}
