/// Takes one picture. What was taken is kept in the field book at once, so that nothing is lost when the process ends
/// before the person has looked at it; one that is not used is forgotten by the core after a week.
public final class PhotoModel: Model<PhotoState, PhotoEvent> {
    private let parts: Parts
    private var session: (any CameraSession)?

    /// The form's receiver is warm; without it the mark does without a place.
    private static let placeWait = Duration.milliseconds(300)

    init(_ parts: Parts, taken: String?) {
        self.parts = parts
        super.init(PhotoState(taken: taken))
    }

    override func show(_ trouble: Trouble, in state: inout PhotoState) {
        state.busy = false
        state.trouble = trouble
    }

    override public func on(_ event: PhotoEvent) {
        switch event {
        case .shutter:
            guard !state.busy else { return }
            begin()
            session?.take()
        case .torch:
            change { $0.torch.toggle() }
            session?.torch(state.torch)
        case .retake: again(taken: nil)
        case .again: again(taken: state.taken)
        case .picked(let bytes):
            begin()
            work(outlives: true) { [self] in
                guard let bytes else { throw Trouble(next: .refused, code: "no_picture", reason: "it cannot be read") }
                try await keep(bytes)
            }
        }
    }

    /// Opens the camera for a screen; the screen closes it.
    public func open() -> any CameraSession {
        let opened = parts.services.camera.open(.picture, heard: Heard(self))
        session = opened
        return opened
    }

    /// The bytes of the picture that was taken.
    public func photo(_ hash: String) async -> [UInt8]? { await parts.photo(hash) }

    private func begin() {
        change {
            $0.busy = true
            $0.trouble = nil
        }
    }

    private func again(taken: String?) {
        change {
            $0.camera = .starting
            $0.torch = false
            $0.attempt += 1
            $0.busy = false
            $0.taken = taken
            $0.trouble = nil
        }
    }

    private func keep(_ bytes: [UInt8]) async throws {
        let told = parts.location.standing()
        let standing = await within(Self.placeWait) { await told.first { $0.reading != nil } }
        let hash = try await parts.keepPicture(bytes, standing: standing ?? nil)
        change {
            $0.busy = false
            $0.taken = hash
        }
    }

    private final class Heard: CameraHeard {
        @MainActor private weak var model: PhotoModel?

        @MainActor
        init(_ model: PhotoModel) { self.model = model }

        func ready(torch: Bool) { model?.change { $0.camera = .ready(torch: torch) } }

        func frame(_ frame: Frame) {}

        func picture(_ jpeg: [UInt8]) {
            guard let model else { return }
            // Goes on when the screen is left: it was taken.
            model.work(outlives: true) { try await model.keep(jpeg) }
        }

        func failed(_ trouble: CameraTrouble) {
            model?.change {
                $0.camera = .failed(trouble)
                $0.torch = false
                $0.busy = false
            }
        }
    }
}
