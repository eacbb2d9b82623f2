import Foundation

/// What is set for the stories from outside: where programs and the repository are.
func named(_ variable: String) -> String {
    guard let value = ProcessInfo.processInfo.environment[variable] else {
        preconditionFailure("\(variable) is not set: the stories do not know where to find it")
    }
    return value
}

/// Waits for what blocks, on a thread that nobody else needs.
func away<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { waiting in
        DispatchQueue.global().async { waiting.resume(with: Result(catching: work)) }
    }
}

/// A program did not do what it was asked.
struct Said: Error, CustomStringConvertible {
    let description: String
}

/// A program that runs beside the test. What is written to it and what it prints are lines. It ends with its standard
/// input, so it never outlives the tests.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let turn = NSLock()
    private var read: [UInt8] = []

    init(_ program: String, _ arguments: [String]) throws {
        // Who writes to a program that has ended hears it from the call.
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Its next line; empty once it has ended. Blocking.
    func line() -> String {
        turn.withLock {
            while true {
                if let end = read.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { read.removeFirst(end + 1) }
                    return String(decoding: read[..<end], as: UTF8.self)
                }
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { return "" }
                read += more
            }
        }
    }

    func write(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8)) }

    /// Closes its standard input and waits for its end. Blocking.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Runs a program to its end, with `typed` on its standard input; answers what it printed.
    static func run(_ program: String, _ arguments: [String], typed: String = "") async throws -> String {
        try await away {
            signal(SIGPIPE, SIG_IGN)
            let (process, input, output) = (Process(), Pipe(), Pipe())
            let errors = temporary("gridweave-said")
            _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
            defer { try? FileManager.default.removeItem(at: errors) }
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            process.standardInput = input
            process.standardOutput = output
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
            try? input.fileHandleForWriting.write(contentsOf: Data(typed.utf8))
            try? input.fileHandleForWriting.close()
            let said = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                let error = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
                throw Said(description: "\(program) \(arguments): \(error)")
            }
            return String(decoding: said, as: UTF8.self)
        }
    }
}

/// A place that nobody else has, in the system's folder for what is temporary.
func temporary(_ name: String) -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(UUID().uuidString)")
}

/// A new folder there.
func temporaryFolder(_ name: String) throws -> URL {
    let folder = temporary(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

extension String {
    func after(_ part: String) -> String? { range(of: part).map { String(self[$0.upperBound...]) } }

    func before(_ part: String) -> String { range(of: part).map { String(self[..<$0.lowerBound]) } ?? self }
}
