import Foundation
internal import GridweaveFFI

/// The keys of the Rust core for the field book in a directory.
public final class RustKeys: Keys {
    private let keys: GridweaveFFI.Keys

    public init(directory: String, device: any DeviceKeys) {
        keys = GridweaveFFI.Keys(dir: directory, device: Asked(device))
    }

    public func state() async throws -> BookState {
        try await ask { [keys] in
            switch try keys.state() {
            case .new: .new
            case .unlocked: .unlocked
            case .locked(let waitMs, let triesLeft):
                .locked(waitMs: Int64(clamping: waitMs), triesLeft: Int(triesLeft))
            case .wrongPins: .lost(.wrongPins)
            case .deviceKeyLost: .lost(.deviceKey)
            case .damaged: .damaged
            }
        }
    }

    public func open(pin: String?) async throws -> any Fieldbook {
        try await ask { [keys] in RustFieldbook(try keys.open(pin: pin)) }
    }

    public func setAside() async throws -> String { try await ask { [keys] in try keys.setAside() } }

    /// The phone's keychain as the core asks it. Its copy of what it seals is wiped here; what it opens goes on to the core
    /// as it is.
    private final class Asked: GridweaveFFI.DeviceKeys {
        private let device: any DeviceKeys

        init(_ device: any DeviceKeys) { self.device = device }

        func seal(plain: Data) throws -> Data {
            var bytes = [UInt8](plain)
            defer { for at in bytes.indices { bytes[at] = 0 } }
            return try tell { try device.seal(bytes) }
        }

        func unseal(sealed: Data) throws -> Data { try tell { try device.open([UInt8](sealed)) } }

        private func tell(_ ask: () throws -> [UInt8]) throws -> Data {
            do {
                return Data(try ask())
            } catch is DeviceKeyLost {
                throw DeviceKeyError.Lost
            } catch {
                throw DeviceKeyError.Unavailable
            }
        }
    }
}
