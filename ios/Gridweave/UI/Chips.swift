import SwiftUI

/// What is filtered by, in one line that is pushed to the side.
struct Chips<Content: View>: View {
    private let content: Content

    init(@ViewBuilder content: () -> Content) { self.content = content() }

    var body: some View {
        ScrollView(.horizontal, showsIndicators: false) {
            HStack(spacing: 8) { content }
        }
    }
}

/// One thing to filter by; its border tells the chosen one, too. One that `toggles` is on or off by itself.
struct Chip: View {
    private let text: String
    private let chosen: Bool
    private let toggles: Bool
    private let onClick: () -> Void
    private let shape = RoundedRectangle(cornerRadius: touch / 2)
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    init(_ text: String, chosen: Bool, toggles: Bool = false, onClick: @escaping () -> Void) {
        self.text = text
        self.chosen = chosen
        self.toggles = toggles
        self.onClick = onClick
    }

    var body: some View {
        Button {
            onClick()
        } label: {
            Text(text)
                .lineLimit(1)
                .padding(.horizontal, 16)
                .frame(minHeight: touch)
                .foregroundStyle(chosen ? colors.onSecondaryContainer : colors.onSurface)
                .background(chosen ? colors.secondaryContainer : colors.surface, in: shape)
                .overlay { shape.strokeBorder(colors.outline, lineWidth: chosen ? 3 : 1) }
        }
        .buttonStyle(Pressed())
        .accessibilityAddTraits(chosen && !toggles ? .isSelected : [])
        .accessibilityValue(toggles ? say.onOrOff(chosen) : "")
    }
}
