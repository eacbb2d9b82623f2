import Dispatch
import Foundation

/// The rescue file: a sealed field book as one file to hand over. Nothing in it can be read without the phone's key or the
/// organisation's recovery key.
public protocol Rescue: Sendable {
    /// Packs a field book's folder; `told` hears the part done, 0 to 1. Blocking.
    func pack(_ folder: URL, told: @Sendable (Float) -> Void) throws -> URL
}

extension Rescue {
    /// Packs a field book's folder on a thread that may wait; `telling` hears the part done, and the end.
    func packed(_ folder: URL, _ telling: AsyncStream<Float>.Continuation? = nil) async throws -> URL {
        try await apart {
            defer { telling?.finish() }
            do {
                return try pack(folder) { part in _ = telling?.yield(part) }
            } catch let trouble as Trouble {
                throw trouble
            } catch {
                let reason = "the rescue file cannot be written: \(type(of: error))"
                throw Trouble(next: .refused, code: "storage_full", reason: reason)
            }
        }
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
