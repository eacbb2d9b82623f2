/// How a field book stands before it is opened.
public enum BookState: Sendable, Hashable {
    /// There is none yet: the first to open it makes it.
    case new

    /// It opens on this phone without a PIN: none has been set.
    case unlocked

    /// A PIN is asked. None is looked at before `waitMs` have passed; after `triesLeft` wrong ones this phone cannot open it.
    case locked(waitMs: Int64, triesLeft: Int)

    /// This phone cannot open it any more: too many wrong PINs, or its keychain lost the key. What was saved is still
    /// there, sealed for the organisation.
    case lost(LostBecause)

    /// Both copies of its keys are damaged or gone; the files are still there.
    case damaged
}

public enum LostBecause: Sendable { case wrongPins, deviceKey }

/// The phone's own key, which never leaves it: the keychain, for this device only. Both calls are blocking.
public protocol DeviceKeys: Sendable {
    /// Seals what is small with the phone's key, which is made the first time.
    func seal(_ plain: [UInt8]) throws -> [UInt8]

    /// Opens what ``seal(_:)`` sealed. Throws ``DeviceKeyLost`` if the key is gone for ever; anything else counts as a
    /// passing failure.
    func open(_ sealed: [UInt8]) throws -> [UInt8]
}

/// The phone's key is gone for ever.
public struct DeviceKeyLost: Error {
    public let why: String

    public init(_ why: String) { self.why = why }
}

/// The keys of the field book in one directory. What goes wrong comes as a ``Trouble``.
public protocol Keys: Sendable {
    func state() async throws -> BookState

    /// Opens the field book, making it if there is none. `pin` where one was set. Codes: `wrong_pin` and `pin_wait` (see
    /// ``state()`` for how long), `pin_wanted`, `device_key_lost`, `device_key_unavailable`, `wrong_pins` (the tries are
    /// used up), `keys_damaged`, `wrong_key` and `damaged` (the database).
    func open(pin: String?) async throws -> any Fieldbook

    /// Renames the directory of a field book that does not open, so that a new one can be made; answers its new path.
    /// Nothing is deleted.
    func setAside() async throws -> String
}
