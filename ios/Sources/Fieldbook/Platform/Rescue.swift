import Dispatch
import Foundation

/// The rescue file: a sealed field book as one file to hand over. Nothing in it can be read without the phone's key or the
/// organisation's recovery key.
public protocol Rescue: Sendable {
    /// Packs field books' folders, a file for each, in the place of what was packed before; `told` hears the part done, 0
    /// to 1. Leaves nothing behind where it throws. Blocking.
    func pack(_ folders: [URL], told: @Sendable (Float) -> Void) throws -> [URL]
}

/// Packs into the folder `place`, which holds nothing else: what was packed before goes first, and nothing of what could
/// not be packed stays.
public func packing(into place: URL, _ pack: () throws -> [URL]) throws -> [URL] {
    try? FileManager.default.removeItem(at: place)
    do {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return try pack()
    } catch {
        try? FileManager.default.removeItem(at: place)
        throw error
    }
}

extension Rescue {
    /// Packs field books' folders on a thread that may wait; `telling` hears the part done, and the end.
    func packed(_ folders: [URL], _ telling: AsyncStream<Float>.Continuation? = nil) async throws -> [URL] {
        try await apart {
            defer { telling?.finish() }
            do {
                return try pack(folders) { part in _ = telling?.yield(part) }
            } catch {
                guard isFull(error) else { throw Trouble(of: error) }
                let reason = "the rescue file cannot be written: \(type(of: error))"
                throw Trouble(next: .refused, code: "storage_full", reason: reason)
            }
        }
    }
}

/// Whether there was no room for what was to be written.
public func isFull(_ error: any Error) -> Bool {
    let told = error as NSError
    switch told.domain {
    case NSCocoaErrorDomain where told.code == CocoaError.Code.fileWriteOutOfSpace.rawValue: return true
    case NSPOSIXErrorDomain where told.code == Int(ENOSPC): return true
    default: return (told.userInfo[NSUnderlyingErrorKey] as? any Error).map(isFull) ?? false
    }
}

/// Field books beside `folder` that were set aside, oldest first.
func aside(_ folder: URL) -> [URL] {
    let beside = folder.deletingLastPathComponent()
    let all = try? FileManager.default.contentsOfDirectory(at: beside, includingPropertiesForKeys: [.isDirectoryKey])
    return (all ?? []).filter { $0.hasDirectoryPath && $0.lastPathComponent.contains(".aside-") }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
}

/// Does what waits for the storage on a thread that may wait.
func apart<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { waiting in
        DispatchQueue.global(qos: .userInitiated).async { waiting.resume(with: Result(catching: work)) }
    }
}
