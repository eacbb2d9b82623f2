package org.gridweave.app.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.sp
import org.gridweave.platform.Chosen
import org.gridweave.platform.Look

val LightColors: ColorScheme = lightColorScheme(
    primary = Color(0xFF0B4F6C),
    onPrimary = Color.White,
    primaryContainer = Color(0xFFD3E8F2),
    onPrimaryContainer = Color(0xFF06293A),
    secondaryContainer = Color(0xFFD3E8F2),
    onSecondaryContainer = Color(0xFF06293A),
    background = Color(0xFFFAFAFA),
    onBackground = Color(0xFF1A1C1E),
    surface = Color(0xFFFAFAFA),
    onSurface = Color(0xFF1A1C1E),
    surfaceVariant = Color(0xFFE9ECEF),
    onSurfaceVariant = Color(0xFF3C4349),
    outline = Color(0xFF6A7278),
    error = Color(0xFFB3261E),
    onError = Color.White,
    errorContainer = Color(0xFFF9DEDC),
    onErrorContainer = Color(0xFF410E0B),
)

val DarkColors: ColorScheme = darkColorScheme(
    primary = Color(0xFF8CCFEB),
    onPrimary = Color(0xFF003549),
    primaryContainer = Color(0xFF0B4F6C),
    onPrimaryContainer = Color(0xFFE3F4FC),
    secondaryContainer = Color(0xFF0B4F6C),
    onSecondaryContainer = Color(0xFFE3F4FC),
    background = Color(0xFF101417),
    onBackground = Color(0xFFE3E6E8),
    surface = Color(0xFF101417),
    onSurface = Color(0xFFE3E6E8),
    surfaceVariant = Color(0xFF262D32),
    onSurfaceVariant = Color(0xFFCBD2D7),
    outline = Color(0xFF8D969C),
    error = Color(0xFFF2B8B5),
    onError = Color(0xFF601410),
    errorContainer = Color(0xFF8C1D18),
    onErrorContainer = Color(0xFFF9DEDC),
)

/** For a screen in the sun: black on white, no greys, every pair 7:1 and more. */
val SunlightColors: ColorScheme = lightColorScheme(
    primary = Color(0xFF002A4A),
    onPrimary = Color.White,
    primaryContainer = Color(0xFFCDE7FF),
    onPrimaryContainer = Color.Black,
    secondaryContainer = Color(0xFFFFE680),
    onSecondaryContainer = Color.Black,
    background = Color.White,
    onBackground = Color.Black,
    surface = Color.White,
    onSurface = Color.Black,
    surfaceVariant = Color(0xFFF0F0F0),
    onSurfaceVariant = Color.Black,
    outline = Color.Black,
    error = Color(0xFF8A0000),
    onError = Color.White,
    errorContainer = Color(0xFFFFE0E0),
    onErrorContainer = Color(0xFF4A0000),
)

/** The colours of a look; the system decides between light and dark where nothing is chosen. */
fun colorsOf(look: Look, systemIsDark: Boolean): ColorScheme = when (look) {
    Look.SYSTEM -> if (systemIsDark) DarkColors else LightColors
    Look.LIGHT -> LightColors
    Look.DARK -> DarkColors
    Look.SUNLIGHT -> SunlightColors
}

/** Larger than usual, for an arm's length; bolder in the sun. */
private fun typography(bold: Boolean): Typography {
    val plain = Typography()
    val weight = if (bold) FontWeight.SemiBold else FontWeight.Normal
    return plain.copy(
        titleLarge = plain.titleLarge.copy(fontWeight = FontWeight.SemiBold),
        titleMedium = plain.titleMedium.copy(fontSize = 18.sp, fontWeight = FontWeight.SemiBold),
        bodyLarge = plain.bodyLarge.copy(fontSize = 18.sp, fontWeight = weight),
        bodyMedium = plain.bodyMedium.copy(fontSize = 15.sp, fontWeight = weight),
        labelLarge = plain.labelLarge.copy(fontSize = 17.sp, fontWeight = FontWeight.SemiBold),
    )
}

@Composable
fun GridweaveTheme(chosen: Chosen, content: @Composable () -> Unit) {
    val density = LocalDensity.current
    val scaled = Density(density.density, density.fontScale * chosen.textPercent / 100)
    CompositionLocalProvider(LocalDensity provides scaled) {
        MaterialTheme(
            colorScheme = colorsOf(chosen.look, isSystemInDarkTheme()),
            typography = typography(bold = chosen.look == Look.SUNLIGHT),
            content = content,
        )
    }
}
