import Fieldbook
import SwiftUI

/// A screen: its title, what scrolls, and at the bottom, where the thumb is, what is pressed: `bottom` or, on the screens of
/// the navigation, the tabs. `above` stays over what scrolls. `Page` in the Android app; here that is a record's page. What
/// scrolls begins at its top again when `top` becomes another, and at `seen` when the screen comes up again. On a
/// wide screen lines stay short enough to be read; on one that is low, as of a phone that lies on its side, what is pressed
/// stands beside what scrolls.
struct ScreenPage<Content: View, Above: View, Buttons: View>: View {
    private let title: String
    private let back: (() -> Void)?
    private let tab: Place?
    private let go: (Place) -> Void
    private let top: String
    private let seen: String?
    private let above: Above
    private let bottom: Buttons
    private let content: Content
    @Environment(\.verticalSizeClass) private var height

    init(
        _ title: String,
        back: (() -> Void)? = nil,
        tab: Place? = nil,
        go: @escaping (Place) -> Void = { _ in },
        top: String = "",
        seen: String? = nil,
        @ViewBuilder content: () -> Content,
        @ViewBuilder above: () -> Above = { EmptyView() },
        @ViewBuilder bottom: () -> Buttons = { EmptyView() }
    ) {
        self.title = title
        self.back = back
        self.tab = tab
        self.go = go
        self.top = top
        self.seen = seen
        self.above = above()
        self.bottom = bottom()
        self.content = content()
    }

    var body: some View {
        VStack(spacing: 0) {
            Title(title, back: back)
            Line()
            WithBottom(low: height == .compact) {
                VStack(spacing: 0) {
                    above.readable()
                    scrolls
                }
                .frame(maxWidth: .infinity, maxHeight: .infinity)
            } bottom: {
                bottom
            }
            if Buttons.self == EmptyView.self {
                Line()
                if let tab { Tabs(shown: tab, go: go) }
            }
        }
    }

    private var scrolls: some View {
        ScrollViewReader { list in
            ScrollView {
                VStack(spacing: 0) {
                    Color.clear.frame(height: 0).id("top")
                    LazyVStack(alignment: .leading, spacing: 10) { content }
                        .padding(16)
                        .readable()
                }
            }
            .scrollDismissesKeyboard(.immediately)
            .onChange(of: top) { list.scrollTo("top", anchor: .top) }
            .onAppear {
                if let seen { list.scrollTo(seen, anchor: .center) }
            }
        }
        .frame(maxHeight: .infinity)
    }
}

extension View {
    /// Not wider than lines are that one reads, in the middle of what is wider.
    fileprivate func readable() -> some View { frame(maxWidth: 720).frame(maxWidth: .infinity) }
}

/// What fills a screen, and what is pressed: below it, or beside it where the screen is `low`. A turn of the device makes
/// neither anew: what one holds, as a camera, goes on.
struct WithBottom<Content: View, Buttons: View>: View {
    private let low: Bool
    private let content: Content
    private let bottom: Buttons

    /// Three keys beside each other, or two buttons.
    private static var beside: CGFloat { 340 }

    init(low: Bool, @ViewBuilder content: () -> Content, @ViewBuilder bottom: () -> Buttons) {
        self.low = low
        self.content = content()
        self.bottom = bottom()
    }

    var body: some View {
        let layout = low ? AnyLayout(HStackLayout(spacing: 0)) : AnyLayout(VStackLayout(spacing: 0))
        layout {
            content
            if Buttons.self != EmptyView.self {
                if !low { Line() }
                Bottom { bottom }.frame(maxWidth: low ? Self.beside : .infinity)
            }
        }
    }
}

/// The title of a screen, with the way back where there is one.
struct Title: View {
    private let title: String
    private let back: (() -> Void)?
    @Environment(\.typography) private var typography
    @Environment(\.say) private var say

    init(_ title: String, back: (() -> Void)?) {
        self.title = title
        self.back = back
    }

    var body: some View {
        HStack(spacing: 0) {
            if let back {
                Button {
                    back()
                } label: {
                    Image(systemName: "chevron.backward").frame(width: touch, height: touch)
                }
                .buttonStyle(Pressed())
                .accessibilityLabel(say("back"))
            }
            Text(title)
                .font(typography.titleLarge)
                .accessibilityAddTraits(.isHeader)
                .padding(.leading, back == nil ? 16 : 0)
            Spacer(minLength: 0)
        }
        .padding(.trailing, 16)
        .frame(maxWidth: .infinity, minHeight: touch)
        .readable()
    }
}

/// What is pressed, where the thumb is: beside each other, or over each other where the letters are large.
struct Bottom<Buttons: View>: View {
    private let buttons: Buttons
    @Environment(\.typography) private var typography

    init(@ViewBuilder buttons: () -> Buttons) { self.buttons = buttons() }

    var body: some View {
        Beside { buttons }
            .frame(maxWidth: .infinity)
            .padding(12)
            .readable()
    }
}

/// Beside each other, or over each other where the letters are so large that words would be cut in pieces.
struct Beside<Content: View>: View {
    private let spacing: CGFloat
    private let content: Content
    @Environment(\.typography) private var typography

    init(spacing: CGFloat = 12, @ViewBuilder content: () -> Content) {
        self.spacing = spacing
        self.content = content()
    }

    var body: some View {
        let layout =
            typography.isLarge
            ? AnyLayout(VStackLayout(alignment: .leading, spacing: spacing))
            : AnyLayout(HStackLayout(alignment: .center, spacing: spacing))
        layout { content }
    }
}

/// The line between what scrolls and what stays.
private struct Line: View {
    @Environment(\.colors) private var colors

    var body: some View { colors.outline.frame(height: 1).accessibilityHidden(true) }
}

private struct Tabs: View {
    let shown: Place
    let go: (Place) -> Void
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    var body: some View {
        HStack(spacing: 0) {
            ForEach(Place.tabs, id: \.self) { place in
                let here = place == shown
                Button {
                    go(place)
                } label: {
                    VStack(spacing: 2) {
                        Image(systemName: icon(place)).font(.system(size: 22)).frame(minHeight: 26)
                        // Five beside each other: as large as fits, whatever the size of the texts. Held for long, one is
                        // shown large.
                        Text(name(place)).font(.system(size: 13, weight: .medium)).lineLimit(1).minimumScaleFactor(0.7)
                    }
                    .padding(.vertical, 8)
                    .frame(maxWidth: .infinity, minHeight: 64)
                    .foregroundStyle(here ? colors.onSecondaryContainer : colors.onSurface)
                    .background(here ? colors.secondaryContainer : colors.surface, ignoresSafeAreaEdges: [])
                }
                .buttonStyle(Pressed())
                .accessibilityLabel(name(place))
                .accessibilityAddTraits(here ? .isSelected : [])
                .accessibilityShowsLargeContentViewer {
                    Image(systemName: icon(place))
                    Text(name(place))
                }
            }
        }
        .readable()
    }

    private func name(_ place: Place) -> String {
        switch place {
        case .today: say("tab_today")
        case .find: say("tab_find")
        case .new: say("tab_new")
        case .sync: say("tab_sync")
        default: say("tab_settings")
        }
    }

    private func icon(_ place: Place) -> String {
        switch place {
        case .today: "checklist"
        case .find: "magnifyingglass"
        case .new: "plus"
        case .sync: "arrow.triangle.2.circlepath"
        default: "gearshape"
        }
    }
}
