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

/// One thing to filter by; its border tells the chosen one, too.
struct Chip: View {
    private let text: String
    private let chosen: Bool
    private let onClick: () -> Void
    private let shape = RoundedRectangle(cornerRadius: touch / 2)
    @Environment(\.colors) private var colors

    init(_ text: String, chosen: Bool, onClick: @escaping () -> Void) {
        self.text = text
        self.chosen = chosen
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
        .accessibilityAddTraits(chosen ? .isSelected : [])
    }
}
