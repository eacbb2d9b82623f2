import Foundation
import Testing

/// A file system of its own for the field book, small enough to be filled to the last byte. Mounting takes root; without it
/// the story says so and is skipped, under `CI=true` it fails.
@MainActor
final class FullStorage {
    private let storage: URL
    private var ballast: URL { storage.appendingPathComponent("ballast") }

    /// None where no file system can be mounted.
    init?(_ storage: URL) async throws {
        self.storage = storage
        try FileManager.default.createDirectory(at: storage, withIntermediateDirectories: true)
        if await Self.run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", storage.path) { return }
        let why = "no file system can be mounted here, which takes root"
        FileHandle.standardError.write(Data("NOT RUN: \(why)\n".utf8))
        if ProcessInfo.processInfo.environment["CI"] == "true" { Issue.record("\(why)") }
        return nil
    }

    func close() async {
        #expect(await Self.run("umount", "-l", storage.path), "the storage stays mounted: \(storage.path)")
    }

    /// Takes all the room that there is.
    func fill() throws {
        let file = open(ballast.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { _ = Foundation.close(file) }
        try #require(file >= 0)
        for size in [1 << 16, 1 << 12, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) > 0 {}
        }
    }

    /// The person made room.
    func makeRoom() throws { try FileManager.default.removeItem(at: ballast) }

    private static func run(_ command: String...) async -> Bool {
        (try? await Program.run("/usr/bin/env", command)) != nil
    }
}
