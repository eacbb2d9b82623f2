import Fieldbook
import Foundation

/// Where the field book lies, and how the system guards it.
///
/// In the app's own container, never in a group's: a process that is put to sleep while it holds a lock on a file of a
/// group is killed by the system, and a field book is locked as long as it is open. In no backup: a field book that
/// comes back from one would go on with a log that the server knows further, and on another phone the key would be
/// missing.
///
/// Readable from the first unlocking after a start until the phone is switched off, locked or not, so that sync can run
/// while the phone lies in a pocket. The stricter class would take the open database away from it in the middle of a
/// run. What a thief with an unlocked or a running phone meets is the field book's own sealing, which does not rest on
/// this.
enum Protection {
    /// The field book's folder, which the core makes itself.
    static var fieldbook: URL { all.appending(path: "fieldbook", directoryHint: .isDirectory) }

    /// What was set aside comes to lie beside the field book, guarded alike.
    private static var all: URL {
        URL(filePath: NSHomeDirectory(), directoryHint: .isDirectory)
            .appending(path: "Library/Application Support/Gridweave", directoryHint: .isDirectory)
    }

    /// Makes the folder around the field book's, where there is none, and guards it.
    static func take() throws {
        var all = all
        // What is made in a folder takes its class.
        let guarded: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        try FileManager.default.createDirectory(at: all, withIntermediateDirectories: true, attributes: guarded)
        // Again for a folder that was there already.
        try FileManager.default.setAttributes(guarded, ofItemAtPath: all.path)
        var kept = URLResourceValues()
        kept.isExcludedFromBackup = true
        try all.setResourceValues(kept)
    }
}

/// Opens no field book before its folder is guarded, and tries that anew each time.
struct GuardedKeys: Keys {
    let keys: any Keys

    func state() async throws -> BookState { try await keys.state() }

    func open(pin: String?) async throws -> any Fieldbook {
        do {
            try Protection.take()
        } catch {
            let reason = "the folder of the field book cannot be guarded: \(type(of: error))"
            if isFull(error) { throw Trouble(next: .refused, code: "storage_full", reason: reason) }
            throw Trouble(next: .retry, code: "not_guarded", reason: reason)
        }
        return try await keys.open(pin: pin)
    }

    func setAside() async throws -> String { try await keys.setAside() }
}
