import Foundation

/// Looks for a code in what the camera sees, until there is one.
public final class ScanModel: Model<ScanState, ScanEvent> {
    private let services: Services
    private var session: (any CameraSession)?
    private let over = Flag()

    init(_ services: Services) {
        self.services = services
        super.init(ScanState())
    }

    override func show(_ trouble: Trouble, in state: inout ScanState) {}

    override public func on(_ event: ScanEvent) {
        switch event {
        case .torch:
            change { $0.torch.toggle() }
            session?.torch(state.torch)
        case .again:
            change {
                $0.camera = .starting
                $0.torch = false
                $0.attempt += 1
            }
        case .heard(let code): found(code)
        }
    }

    /// Opens the camera for a screen; the screen closes it.
    public func open() -> any CameraSession {
        let opened = services.camera.open(.frames, heard: Heard(self))
        session = opened
        return opened
    }

    private func found(_ code: String) {
        over.set()
        if state.found == nil { change { $0.found = code } }
    }

    private final class Heard: CameraHeard {
        @MainActor private weak var model: ScanModel?
        private let over: Flag
        private let decode: @Sendable (Frame) -> String?

        @MainActor
        init(_ model: ScanModel) {
            self.model = model
            over = model.over
            decode = model.services.decode
        }

        func ready(torch: Bool) { model?.change { $0.camera = .ready(torch: torch) } }

        /// On the camera's thread: frames that come meanwhile are left out.
        func frame(_ frame: Frame) {
            guard !over.isSet, let code = decode(frame) else { return }
            over.set()
            Task { @MainActor in model?.found(code) }
        }

        func picture(_ jpeg: [UInt8]) {}

        func failed(_ trouble: CameraTrouble) {
            model?.change {
                $0.camera = .failed(trouble)
                $0.torch = false
            }
        }
    }

    /// Says on any thread that one was found.
    private final class Flag: @unchecked Sendable {
        private let lock = NSLock()
        private var on = false

        var isSet: Bool { lock.withLock { on } }

        func set() { lock.withLock { on = true } }
    }
}
