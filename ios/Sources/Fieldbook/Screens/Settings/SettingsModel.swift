import Foundation

/// How the app is to look and to send, and what the device says of itself.
public final class SettingsModel: Model<SettingsState, SettingsEvent> {
    private let parts: Parts
    private let app: GridweaveApp

    /// So many of the things that were shown whole are listed.
    private static let revealedMost = 20

    init(_ parts: Parts, _ app: GridweaveApp) {
        self.parts = parts
        self.app = app
        super.init(SettingsState(chosen: parts.services.chosen, version: parts.version))
        follow(parts.device.health()) { [weak self] health in self?.change { $0.health = health } }
        follow(parts.services.managed.settings()) { [weak self] managed in
            self?.change {
                $0.managed = managed
                $0.chosen = parts.services.chosen
            }
        }
    }

    override func show(_ trouble: Trouble, in state: inout SettingsState) {
        state.packing = false
        state.trouble = trouble
    }

    override public func on(_ event: SettingsEvent) {
        switch event {
        case .choose(let chosen):
            parts.services.choose(chosen)
            change { $0.chosen = parts.services.chosen }
        case .handOver: if !state.packing { handOver() }
        }
    }

    private func handOver() {
        change {
            $0.packing = true
            $0.trouble = nil
        }
        work { [self] in
            let packed = try await app.rescue.packed(try await olds())
            try Task.checkCancellation()
            change { $0.packing = false }
            parts.services.share(packed)
        }
    }

    override public func look() {
        work { [self] in
            let quick = await parts.services.quickPin.kind
            try Task.checkCancellation()
            change { $0.quick = quick }
        }
        work { [self] in
            let text = try await parts.book.diagnostics(about: await about(parts.services.chosen))
            let olds = try await olds().count
            let (revealed, types) = (
                try await parts.book.revealed(max: Self.revealedMost), try await parts.book.types()
            )
            try Task.checkCancellation()
            change {
                $0.diagnostics = text
                $0.aside = olds
                $0.revealed = revealed
                $0.types = types
                $0.trouble = nil
            }
        }
    }

    /// Field books that were set aside.
    private func olds() async throws -> [URL] {
        let folder = app.folder
        return try await apart { aside(folder) }
    }

    private func about(_ chosen: Chosen) async -> [String] {
        let device = parts.device
        let battery = device.battery.map(String.init) ?? "unknown"
        return [
            parts.version,
            device.name,
            "network \(device.network), battery \(battery), free \(device.storageFreeMib) MiB",
            "background \(chosen.backgroundSync), wifi only \(chosen.photosOnWifiOnly), mark \(chosen.watermark)",
            "language \(chosen.language), look \(chosen.look), text \(chosen.textPercent)",
            "notifications \(await parts.services.notices.allowed)",
        ]
    }
}
