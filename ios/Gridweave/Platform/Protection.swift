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
    /// The field book's folder; what was set aside comes to lie beside it, guarded alike. The core makes the folder
    /// itself.
    static func fieldbook() throws -> URL {
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory,
            in: .userDomainMask,
            appropriateFor: nil,
            create: true
        )
        var all = support.appending(path: "Gridweave", directoryHint: .isDirectory)
        // What is made in a folder takes its class.
        let guarded: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        try FileManager.default.createDirectory(at: all, withIntermediateDirectories: true, attributes: guarded)
        // Again for a folder that was there already.
        try FileManager.default.setAttributes(guarded, ofItemAtPath: all.path)
        var kept = URLResourceValues()
        kept.isExcludedFromBackup = true
        try all.setResourceValues(kept)
        return all.appending(path: "fieldbook", directoryHint: .isDirectory)
    }
}
