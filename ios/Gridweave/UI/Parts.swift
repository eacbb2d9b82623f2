import Accessibility
import Fieldbook
import SwiftUI

/// What one presses next: as wide as there is room, or, where it is not `wide`, as its words.
struct MainButton: View {
    private let face: MainFace
    private let onClick: () -> Void

    init(
        _ text: String,
        wide: Bool = true,
        enabled: Bool = true,
        least: CGFloat = touch,
        onClick: @escaping () -> Void
    ) {
        face = MainFace(words: ButtonWords(text: text, wide: wide, least: least), enabled: enabled)
        self.onClick = onClick
    }

    var body: some View { FacedButton(face: face, enabled: face.enabled, onClick: onClick) }
}

/// What one may press as well.
struct SideButton: View {
    private let face: SideFace
    private let onClick: () -> Void

    init(
        _ text: String,
        wide: Bool = true,
        enabled: Bool = true,
        least: CGFloat = touch,
        onClick: @escaping () -> Void
    ) {
        face = SideFace(text, wide: wide, enabled: enabled, least: least)
        self.onClick = onClick
    }

    var body: some View { FacedButton(face: face, enabled: face.enabled, onClick: onClick) }
}

private struct FacedButton<Face: View>: View {
    let face: Face
    let enabled: Bool
    let onClick: () -> Void

    var body: some View {
        Button {
            onClick()
        } label: {
            face
        }
        .buttonStyle(Pressed())
        .disabled(!enabled)
    }
}

/// How a ``MainButton`` looks.
private struct MainFace: View {
    let words: ButtonWords
    let enabled: Bool
    @Environment(\.colors) private var colors

    var body: some View {
        words
            .foregroundStyle(enabled ? colors.onPrimary : colors.onSurface.opacity(0.6))
            .background(
                enabled ? colors.primary : colors.onSurface.opacity(0.12),
                in: RoundedRectangle(cornerRadius: edge)
            )
    }
}

/// How a ``SideButton`` looks, for what the system offers a button of its own for.
struct SideFace: View {
    private let words: ButtonWords
    fileprivate let enabled: Bool
    @Environment(\.colors) private var colors

    init(_ text: String, wide: Bool = true, enabled: Bool = true, least: CGFloat = touch) {
        words = ButtonWords(text: text, wide: wide, least: least)
        self.enabled = enabled
    }

    var body: some View {
        words
            .foregroundStyle(enabled ? colors.primary : colors.onSurface.opacity(0.6))
            .background(colors.surface, in: RoundedRectangle(cornerRadius: edge))
            .overlay { RoundedRectangle(cornerRadius: edge).strokeBorder(colors.outline, lineWidth: 1.5) }
    }
}

/// The words of a button.
private struct ButtonWords: View {
    let text: String
    let wide: Bool
    let least: CGFloat
    @Environment(\.typography) private var typography

    var body: some View {
        Text(text)
            .font(typography.labelLarge)
            .multilineTextAlignment(.center)
            .padding(12)
            .frame(minWidth: touch, maxWidth: wide ? .infinity : nil, minHeight: least)
    }
}

/// Fainter while a finger is on it.
struct Pressed: ButtonStyle {
    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .contentShape(Rectangle())
            .opacity(configuration.isPressed ? 0.6 : 1)
    }
}

struct Heading: View {
    private let text: String
    @Environment(\.typography) private var typography

    init(_ text: String) { self.text = text }

    var body: some View {
        Text(text)
            .font(typography.titleMedium)
            .padding(.top, 12)
            .accessibilityAddTraits(.isHeader)
    }
}

/// Lines of the second order.
struct Small: View {
    private let text: String
    private let color: Color?
    @Environment(\.colors) private var colors
    @Environment(\.typography) private var typography

    init(_ text: String, _ color: Color? = nil) {
        self.text = text
        self.color = color
    }

    var body: some View {
        Text(text)
            .font(typography.bodyMedium)
            .foregroundStyle(color ?? colors.onSurfaceVariant)
    }
}

/// Something that wants to be read.
struct Notice<More: View>: View {
    private let text: String
    private let bad: Bool
    private let more: More
    @Environment(\.colors) private var colors

    init(_ text: String, bad: Bool = false, @ViewBuilder more: () -> More = { EmptyView() }) {
        self.text = text
        self.bad = bad
        self.more = more()
    }

    var body: some View {
        VStack(alignment: .leading, spacing: 6) {
            Text(text)
            more
        }
        .padding(12)
        .frame(maxWidth: .infinity, alignment: .leading)
        .foregroundStyle(bad ? colors.onErrorContainer : colors.onPrimaryContainer)
        .background(bad ? colors.errorContainer : colors.primaryContainer, in: RoundedRectangle(cornerRadius: edge))
        .overlay { RoundedRectangle(cornerRadius: edge).strokeBorder(bad ? colors.error : colors.outline) }
        .accessibilityElement(children: .contain)
        // Who does not see it hears it when it comes up.
        .onChange(of: text, initial: true) {
            if bad { AccessibilityNotification.Announcement(text).post() }
        }
    }
}

/// A box of lines; pressed as a whole where `onClick` is given.
struct Card<Content: View>: View {
    private let onClick: (() -> Void)?
    private let content: Content
    @Environment(\.colors) private var colors

    init(onClick: (() -> Void)? = nil, @ViewBuilder content: () -> Content) {
        self.onClick = onClick
        self.content = content()
    }

    var body: some View {
        if let onClick {
            Button {
                onClick()
            } label: {
                box
            }
            .buttonStyle(Pressed())
        } else {
            box.accessibilityElement(children: .contain)
        }
    }

    private var box: some View {
        VStack(alignment: .leading, spacing: 4) { content }
            .multilineTextAlignment(.leading)
            .padding(12)
            .frame(maxWidth: .infinity, minHeight: touch, alignment: .leading)
            .foregroundStyle(colors.onSurface)
            .background(colors.surfaceVariant, in: RoundedRectangle(cornerRadius: edge))
            .overlay { RoundedRectangle(cornerRadius: edge).strokeBorder(colors.outline) }
    }
}

/// One of several that exclude each other; or, where it `toggles`, one that is on or off by itself.
struct ChoiceRow: View {
    private let text: String
    private let chosen: Bool
    private let toggles: Bool
    private let onClick: () -> Void
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
            HStack(spacing: 12) {
                ChoiceSign(chosen: chosen, toggles: toggles)
                Text(text).multilineTextAlignment(.leading)
            }
            .padding(12)
            .frame(maxWidth: .infinity, minHeight: touch, alignment: .leading)
            .foregroundStyle(chosen ? colors.onSecondaryContainer : colors.onSurface)
            .background(chosen ? colors.secondaryContainer : colors.surface, in: RoundedRectangle(cornerRadius: edge))
            .overlay { RoundedRectangle(cornerRadius: edge).strokeBorder(colors.outline, lineWidth: chosen ? 2 : 1) }
        }
        .buttonStyle(Pressed())
        .accessibilityAddTraits(chosen && !toggles ? .isSelected : [])
        .accessibilityValue(toggles ? say.onOrOff(chosen) : "")
    }
}

extension Say {
    /// How something that toggles stands, to be read aloud.
    func onOrOff(_ on: Bool) -> String { on ? self("settings_on") : self("settings_off") }
}

/// The sign of what is chosen: round among several that exclude each other, square for one that `toggles`. The row around
/// it is pressed, and tells it aloud.
struct ChoiceSign: View {
    let chosen: Bool
    var toggles = false

    var body: some View {
        Image(systemName: name)
            .imageScale(.large)
            .accessibilityHidden(true)
    }

    private var name: String {
        if toggles { return chosen ? "checkmark.square.fill" : "square" }
        return chosen ? "largecircle.fill.circle" : "circle"
    }
}

/// How far something is, 0 to 1.
struct Far: View {
    private let part: Double

    init(_ part: Double) { self.part = part }

    var body: some View { ProgressView(value: min(max(part, 0), 1)) }
}

/// A photo of the field book, as wide as the screen shows it; `absent` names the words where it cannot be shown.
struct Photo: View {
    private let hash: String
    private let load: (String) async -> [UInt8]?
    private let description: String
    private let absent: String
    private let onClick: (() -> Void)?
    @Environment(\.colors) private var colors

    init(
        _ hash: String,
        load: @escaping (String) async -> [UInt8]?,
        description: String,
        absent: String = "trouble_no_photo",
        onClick: (() -> Void)? = nil
    ) {
        self.hash = hash
        self.load = load
        self.description = description
        self.absent = absent
        self.onClick = onClick
    }

    var body: some View {
        if let onClick {
            Button {
                onClick()
            } label: {
                box
            }
            .buttonStyle(Pressed())
        } else {
            box
        }
    }

    private var box: some View {
        ZStack {
            colors.surfaceVariant
            Loaded(hash: hash, shortPx: 300, load: load, description: description, absent: absent) {
                Image(uiImage: $0).resizable().scaledToFill().accessibilityLabel(description)
            }
        }
        .frame(width: 96, height: 96)
        .clipShape(RoundedRectangle(cornerRadius: edge))
    }
}

/// The photos that say something of one value.
struct Evidence: View {
    let photos: [PagePhoto]
    let load: (String) async -> [UInt8]?
    @Environment(\.say) private var say

    var body: some View {
        ScrollView(.horizontal) {
            HStack(alignment: .top, spacing: 8) {
                ForEach(photos, id: \.hash) {
                    Photo($0.hash, load: load, description: say("record_photo"), absent: $0.absent)
                }
            }
        }
    }
}

/// A photo of the field book, read once for this place on the screen; until then what it is, and in its place why it is
/// `absent`.
struct Loaded<Content: View>: View {
    let hash: String
    /// So many pixels of its shorter edge are wanted.
    let shortPx: CGFloat
    let load: (String) async -> [UInt8]?
    let description: String
    let absent: String
    @ViewBuilder let content: (UIImage) -> Content
    @State private var picture: UIImage?
    @State private var missed = false
    /// Of which it is.
    @State private var loaded: String?
    @Environment(\.say) private var say

    var body: some View {
        ZStack {
            if let picture {
                content(picture)
            } else {
                Small(missed ? say(absent) : description).minimumScaleFactor(0.5).padding(4)
            }
        }
        .task(id: hash) {
            guard loaded != hash else { return }
            picture = nil
            if let bytes = await load(hash) { picture = await readFor(bytes, shortPx: shortPx) }
            missed = picture == nil
            if picture != nil { loaded = hash }
        }
    }
}

/// Read at a fraction of its size: whole ones fill the memory.
func readFor(_ bytes: [UInt8], shortPx: CGFloat) async -> UIImage? {
    guard let whole = UIImage(data: Data(bytes)) else { return nil }
    let part = shortPx / max(min(whole.size.width, whole.size.height), 1)
    guard part < 1 else { return whole }
    return await whole.byPreparingThumbnail(
        ofSize: CGSize(width: whole.size.width * part, height: whole.size.height * part)
    )
}
