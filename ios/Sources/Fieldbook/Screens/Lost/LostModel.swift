/// A field book that does not open: handed over as it lies, or set aside for a new one.
public final class LostModel: Model<LostState, LostEvent> {
    private let app: GridweaveApp
    private let again: () -> Void
    private var settingAside = false

    init(_ code: String, app: GridweaveApp, again: @escaping () -> Void) {
        self.app = app
        self.again = again
        super.init(LostState(code: code))
    }

    override func show(_ trouble: Trouble, in state: inout LostState) {
        state.packing = nil
        state.trouble = trouble
    }

    override public func look() {
        // No PIN opens it any more. One that was only said to be forgotten may come back.
        if state.code != "pin_forgotten" { app.services.quickPin.forget() }
    }

    override public func on(_ event: LostEvent) {
        switch event {
        case .again: again()
        case .anew: change { $0.sure = true }
        case .notYet: change { $0.sure = false }
        case .anewReally: if state.packing == nil, !settingAside { beginAnew() }
        case .handOver: if state.packing == nil, !settingAside { handOver() }
        }
    }

    private func beginAnew() {
        settingAside = true
        work { [self] in
            defer { settingAside = false }
            await app.close()
            _ = try await app.keys.setAside()
            app.services.quickPin.forget()
            // Touched twice, the new one is not set aside as well.
            change { $0.sure = false }
            again()
        }
    }

    private func handOver() {
        change {
            $0.packing = 0
            $0.trouble = nil
        }
        work { [self] in
            // Closed before it is packed, so that the file holds all of it.
            await app.close()
            let (parts, telling) = AsyncStream<Float>.makeStream(bufferingPolicy: .bufferingNewest(1))
            async let packing = app.rescue.packed([app.folder], telling)
            for await part in parts {
                try Task.checkCancellation()
                change { $0.packing = part }
            }
            let packed = try await packing
            try Task.checkCancellation()
            change { $0.packing = nil }
            app.services.share(packed)
        }
    }
}
