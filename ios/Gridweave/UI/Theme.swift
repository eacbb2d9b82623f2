import Fieldbook
import SwiftUI

/// Nothing that can be touched is smaller, points: fingers in gloves.
let touch: CGFloat = 56
/// How round the corners of boxes and buttons are, points.
let edge: CGFloat = 10

/// The colours of a look, by what they are for.
struct Colors: Hashable {
    var primary: Color
    var onPrimary: Color
    var primaryContainer: Color
    var onPrimaryContainer: Color
    var secondaryContainer: Color
    var onSecondaryContainer: Color
    var tertiary: Color
    var background: Color
    var surface: Color
    var onSurface: Color
    var surfaceVariant: Color
    var onSurfaceVariant: Color
    var outline: Color
    var error: Color
    var errorContainer: Color
    var onErrorContainer: Color

    static let light = Colors(
        primary: Color(hex: 0x0B4F6C),
        onPrimary: .white,
        primaryContainer: Color(hex: 0xD3E8F2),
        onPrimaryContainer: Color(hex: 0x06293A),
        secondaryContainer: Color(hex: 0xD3E8F2),
        onSecondaryContainer: Color(hex: 0x06293A),
        tertiary: Color(hex: 0x7D5260),
        background: Color(hex: 0xFAFAFA),
        surface: Color(hex: 0xFAFAFA),
        onSurface: Color(hex: 0x1A1C1E),
        surfaceVariant: Color(hex: 0xE9ECEF),
        onSurfaceVariant: Color(hex: 0x3C4349),
        outline: Color(hex: 0x6A7278),
        error: Color(hex: 0xB3261E),
        errorContainer: Color(hex: 0xF9DEDC),
        onErrorContainer: Color(hex: 0x410E0B)
    )

    static let dark = Colors(
        primary: Color(hex: 0x8CCFEB),
        onPrimary: Color(hex: 0x003549),
        primaryContainer: Color(hex: 0x0B4F6C),
        onPrimaryContainer: Color(hex: 0xE3F4FC),
        secondaryContainer: Color(hex: 0x0B4F6C),
        onSecondaryContainer: Color(hex: 0xE3F4FC),
        tertiary: Color(hex: 0xEFB8C8),
        background: Color(hex: 0x101417),
        surface: Color(hex: 0x101417),
        onSurface: Color(hex: 0xE3E6E8),
        surfaceVariant: Color(hex: 0x262D32),
        onSurfaceVariant: Color(hex: 0xCBD2D7),
        outline: Color(hex: 0x8D969C),
        error: Color(hex: 0xF2B8B5),
        errorContainer: Color(hex: 0x8C1D18),
        onErrorContainer: Color(hex: 0xF9DEDC)
    )

    /// For a screen in the sun: black on white, no greys, every pair 7:1 and more.
    static let sunlight = Colors(
        primary: Color(hex: 0x002A4A),
        onPrimary: .white,
        primaryContainer: Color(hex: 0xCDE7FF),
        onPrimaryContainer: .black,
        secondaryContainer: Color(hex: 0xFFE680),
        onSecondaryContainer: .black,
        tertiary: Color(hex: 0x5A2A3A),
        background: .white,
        surface: .white,
        onSurface: .black,
        surfaceVariant: Color(hex: 0xF0F0F0),
        onSurfaceVariant: .black,
        outline: .black,
        error: Color(hex: 0x8A0000),
        errorContainer: Color(hex: 0xFFE0E0),
        onErrorContainer: Color(hex: 0x4A0000)
    )
}

extension Color {
    /// Red, green and blue, a byte each.
    fileprivate init(hex: Int) {
        self.init(
            red: Double(hex >> 16 & 0xFF) / 255,
            green: Double(hex >> 8 & 0xFF) / 255,
            blue: Double(hex & 0xFF) / 255
        )
    }
}

/// The colours of a look; the system decides between light and dark where nothing is chosen.
func colorsOf(_ look: Appearance, systemIsDark: Bool) -> Colors {
    switch look {
    case .system: systemIsDark ? .dark : .light
    case .light: .light
    case .dark: .dark
    case .sunlight: .sunlight
    }
}

/// Larger than usual, for an arm's length; bolder in the sun. `scale` is what the person chose here and in the system.
struct Typography: Hashable {
    let scale: CGFloat
    let bold: Bool

    /// Words beside each other would be cut in pieces.
    var isLarge: Bool { scale >= 1.6 }

    var displaySmall: Font { sized(36, .regular) }
    var headlineSmall: Font { sized(24, .regular) }
    var titleLarge: Font { sized(22, .semibold) }
    var titleMedium: Font { sized(18, .semibold) }
    var bodyLarge: Font { sized(18, bold ? .semibold : .regular) }
    var bodyMedium: Font { sized(15, bold ? .semibold : .regular) }
    var labelLarge: Font { sized(17, .semibold) }

    private func sized(_ points: CGFloat, _ weight: Font.Weight) -> Font {
        .system(size: points * scale, weight: weight)
    }
}

/// What all screens are drawn in: colours, letters, language, as they were chosen.
struct GridweaveTheme<Content: View>: View {
    private let chosen: Chosen
    private let content: Content
    @Environment(\.colorScheme) private var scheme
    /// What the size of the text in the system makes of a hundred.
    @ScaledMetric(relativeTo: .body) private var hundred: CGFloat = 100

    init(_ chosen: Chosen, @ViewBuilder content: () -> Content) {
        self.chosen = chosen
        self.content = content()
    }

    var body: some View {
        let colors = colorsOf(chosen.look, systemIsDark: scheme == .dark)
        let scale = hundred / 100 * CGFloat(chosen.textPercent) / 100
        let typography = Typography(scale: scale, bold: chosen.look == .sunlight)
        content
            .font(typography.bodyLarge)
            .foregroundStyle(colors.onSurface)
            .tint(colors.primary)
            .environment(\.colors, colors)
            .environment(\.typography, typography)
            .environment(\.say, Say(chosen.language))
            .frame(maxWidth: .infinity, maxHeight: .infinity)
            .background(colors.background)
            .preferredColorScheme(preferred)
    }

    /// What the system draws itself, keys and pickers, goes with the look.
    private var preferred: ColorScheme? {
        switch chosen.look {
        case .system: nil
        case .light, .sunlight: .light
        case .dark: .dark
        }
    }
}

private struct ColorsKey: EnvironmentKey {
    static var defaultValue: Colors { .light }
}

private struct TypographyKey: EnvironmentKey {
    static var defaultValue: Typography { Typography(scale: 1, bold: false) }
}

private struct SayKey: EnvironmentKey {
    static var defaultValue: Say { Say(.system) }
}

extension EnvironmentValues {
    var colors: Colors {
        get { self[ColorsKey.self] }
        set { self[ColorsKey.self] = newValue }
    }

    var typography: Typography {
        get { self[TypographyKey.self] }
        set { self[TypographyKey.self] = newValue }
    }

    /// The words of the screens, in the language that was chosen.
    var say: Say {
        get { self[SayKey.self] }
        set { self[SayKey.self] = newValue }
    }
}
