import SwiftUI

/// A screen that does not scroll: one picture, its title, and what is pressed.
struct FullPage<Content: View, Buttons: View>: View {
    private let title: String
    private let back: () -> Void
    private let bottom: Buttons
    private let content: Content
    @Environment(\.verticalSizeClass) private var height

    init(
        _ title: String,
        back: @escaping () -> Void,
        @ViewBuilder content: () -> Content,
        @ViewBuilder bottom: () -> Buttons = { EmptyView() }
    ) {
        self.title = title
        self.back = back
        self.bottom = bottom()
        self.content = content()
    }

    var body: some View {
        VStack(spacing: 0) {
            Title(title, back: back)
            WithBottom(low: height == .compact) {
                ZStack(alignment: .top) { content }
                    .frame(maxWidth: .infinity, maxHeight: .infinity)
                    .clipped()
            } bottom: {
                bottom
            }
        }
    }
}

/// A photo of the field book, as large as the screen allows; `absent` names the words where it cannot be shown.
struct WholePhoto: View {
    private let hash: String
    private let load: (String) async -> [UInt8]?
    private let description: String
    private let absent: String

    init(
        _ hash: String,
        load: @escaping (String) async -> [UInt8]?,
        description: String,
        absent: String = "trouble_no_photo"
    ) {
        self.hash = hash
        self.load = load
        self.description = description
        self.absent = absent
    }

    var body: some View {
        Loaded(hash: hash, shortPx: 1200, load: load, description: description, absent: absent) {
            Image(uiImage: $0).resizable().scaledToFit().accessibilityLabel(description)
        }
        .frame(maxWidth: .infinity, maxHeight: .infinity)
    }
}

/// Made larger with two fingers, up to eight times, and moved while it is.
struct Zoomed<Content: View>: View {
    private let content: Content
    @State private var scale: CGFloat = 1
    @State private var moved = CGSize.zero
    /// What held when the fingers came down.
    @State private var scaleBefore: CGFloat = 1
    @State private var movedBefore = CGSize.zero

    init(@ViewBuilder content: () -> Content) { self.content = content() }

    var body: some View {
        content
            .scaleEffect(scale)
            .offset(moved)
            .frame(maxWidth: .infinity, maxHeight: .infinity)
            .clipped()
            .contentShape(Rectangle())
            .gesture(pinch)
            .simultaneousGesture(drag)
            .accessibilityAdjustableAction { direction in
                switch direction {
                case .increment: enlarge(to: scale * 1.5)
                case .decrement: enlarge(to: scale / 1.5)
                @unknown default: break
                }
                scaleBefore = scale
                movedBefore = moved
            }
    }

    private var pinch: some Gesture {
        MagnifyGesture()
            .onChanged { enlarge(to: scaleBefore * $0.magnification) }
            .onEnded { _ in scaleBefore = scale }
    }

    private var drag: some Gesture {
        DragGesture()
            .onChanged { fingers in
                guard scale > 1 else { return }
                moved = CGSize(
                    width: movedBefore.width + fingers.translation.width,
                    height: movedBefore.height + fingers.translation.height
                )
            }
            .onEnded { _ in movedBefore = moved }
    }

    private func enlarge(to wanted: CGFloat) {
        scale = min(max(wanted, 1), 8)
        if scale == 1 {
            moved = .zero
            movedBefore = .zero
        }
    }
}
