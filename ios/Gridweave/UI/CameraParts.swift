import Fieldbook
import SwiftUI

/// A camera that shows what it sees.
@MainActor
protocol ViewedSession: CameraSession {
    var view: UIView { get }
}

/// What the camera sees, as long as this is drawn. Another `attempt` opens it anew.
struct CameraView<Over: View>: View {
    private let attempt: Int
    private let open: () -> any CameraSession
    private let over: Over
    @State private var session: (any CameraSession)?
    @Environment(\.say) private var say

    init(attempt: Int, open: @escaping () -> any CameraSession, @ViewBuilder over: () -> Over) {
        self.attempt = attempt
        self.open = open
        self.over = over()
    }

    var body: some View {
        ZStack {
            Color.black
            if let session, let seen = session as? any ViewedSession {
                Shaped(aspect: CGFloat(session.aspect)) { Seen(view: seen.view) }
                    .id(ObjectIdentifier(session))
                    .accessibilityElement()
                    .accessibilityLabel(say("camera_view"))
                    .accessibilityAddTraits(.isImage)
            }
            over
        }
        .frame(maxWidth: .infinity, maxHeight: .infinity)
        .clipped()
        .onChange(of: attempt, initial: true) {
            session?.close()
            session = open()
        }
        .onDisappear {
            session?.close()
            session = nil
        }
    }
}

/// In the shape of the picture, which lies where the room for it does.
private struct Shaped<Content: View>: View {
    /// Upright.
    let aspect: CGFloat
    @ViewBuilder let content: Content

    var body: some View {
        GeometryReader { room in
            content
                .aspectRatio(room.size.width > room.size.height ? 1 / aspect : aspect, contentMode: .fit)
                .frame(maxWidth: .infinity, maxHeight: .infinity)
        }
    }
}

private struct Seen: UIViewRepresentable {
    let view: UIView

    func makeUIView(context: Context) -> UIView { view }

    func updateUIView(_ uiView: UIView, context: Context) {}
}

/// Why there is no camera, and what helps; `again` opens it anew.
struct CameraTroubleNotice: View {
    let trouble: CameraTrouble
    let again: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        Notice(say(trouble.words), bad: true) {
            switch trouble {
            case .notAllowed:
                PermissionButton(
                    .camera,
                    say("camera_allow"),
                    inSettings: say("permission_settings"),
                    main: true,
                    granted: again
                )
            case .none, .forbidden: EmptyView()
            case .inUse, .disconnected, .broken: MainButton(say("scan_again"), onClick: again)
            }
        }
    }
}

/// In the place of the picture while there is none.
struct CameraWaits: View {
    let now: CameraNow
    let again: () -> Void
    @Environment(\.say) private var say

    var body: some View {
        VStack {
            switch now {
            case .failed(let trouble): CameraTroubleNotice(trouble: trouble, again: again)
            case .starting: Notice(say("camera_starting"))
            case .ready: EmptyView()
            }
        }
        .padding(16)
        .frame(maxWidth: .infinity, maxHeight: .infinity)
    }
}

extension CameraNow {
    /// It shows what it sees and has a light.
    var hasTorch: Bool { self == .ready(torch: true) }

    var isReady: Bool {
        if case .ready = self { true } else { false }
    }

    var isFailed: Bool {
        if case .failed = self { true } else { false }
    }
}

extension CameraTrouble {
    /// The name of its words.
    var words: String {
        switch self {
        case .notAllowed: "camera_not_allowed"
        case .none: "camera_none"
        case .inUse: "camera_in_use"
        case .disconnected: "camera_disconnected"
        case .forbidden: "camera_forbidden"
        case .broken: "camera_broken"
        }
    }
}
