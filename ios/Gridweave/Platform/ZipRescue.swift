import Fieldbook
import UIKit

/// Packs with what the system packs attachments with; no library of our own. It tells no progress but that a file is done.
struct ZipRescue: Rescue {
    func pack(_ folders: [URL], told: @Sendable (Float) -> Void) throws -> [URL] {
        let place = FileManager.default.temporaryDirectory.appending(path: "rescue", directoryHint: .isDirectory)
        return try packing(into: place) {
            told(0)
            return try folders.enumerated().map { at, folder in
                let name = "gridweave-\(folder.lastPathComponent).zip"
                let packed = place.appending(path: name, directoryHint: .notDirectory)
                try zip(folder, into: packed)
                told(Float(at + 1) / Float(folders.count))
                return packed
            }
        }
    }

    private func zip(_ folder: URL, into packed: URL) throws {
        var refused: NSError?
        var outcome: Result<Void, any Error>?
        NSFileCoordinator().coordinate(readingItemAt: folder, options: .forUploading, error: &refused) { zip in
            // It is there until this returns.
            outcome = Result { try FileManager.default.copyItem(at: zip, to: packed) }
        }
        if let refused { throw refused }
        guard let outcome else { throw NotPacked() }
        try outcome.get()
    }

    /// The system neither packed nor said why.
    private struct NotPacked: Error {}
}
