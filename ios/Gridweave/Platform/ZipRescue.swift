import Fieldbook
import UIKit

/// Packs with what the system packs attachments with; no library of our own. It tells no progress of its own.
struct ZipRescue: Rescue {
    func pack(_ folder: URL, told: @Sendable (Float) -> Void) throws -> URL {
        told(0)
        let place = FileManager.default.temporaryDirectory.appending(path: "rescue", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let packed = place.appending(path: "gridweave-\(folder.lastPathComponent).zip", directoryHint: .notDirectory)
        var refused: NSError?
        var outcome: Result<Void, any Error>?
        NSFileCoordinator().coordinate(readingItemAt: folder, options: .forUploading, error: &refused) { zip in
            // It is there until this returns.
            outcome = Result {
                try? FileManager.default.removeItem(at: packed)
                try FileManager.default.copyItem(at: zip, to: packed)
            }
        }
        if let refused { throw refused }
        guard let outcome else { throw NotPacked() }
        try outcome.get()
        told(1)
        return packed
    }

    /// The system neither packed nor said why.
    private struct NotPacked: Error {}
}
