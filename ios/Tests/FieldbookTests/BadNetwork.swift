import Foundation
import Testing

/// A network between device and server that cuts, stalls and loses answers; a good one until it is made bad.
@MainActor
final class BadNetwork {
    private let program: Program

    /// Where the device calls.
    let url: String

    init(seed: Int = 1) async throws {
        let server = try #require(try await City.url.after("://"))
        let program = try Program(named("GRIDWEAVE_FAULT_PROXY"), [server, "\(seed)", "0"])
        self.program = program
        let said = try await away { try Self.read(program.line()) }
        url = "https://\(try #require(said.addr))"
    }

    /// 0 is a good network; 1 a fault in each exchange.
    func rate(_ rate: Double) async throws { try await ask("rate", ",\"rate\":\(rate)") }

    /// Cuts every connection and lets none through until ``online()``.
    func offline() async throws { try await ask("offline") }

    func online() async throws { try await ask("online") }

    /// Faults so far: cuts, stalls, lost answers.
    func faults() async throws -> Int { try #require(try await ask("faults").faults) }

    func close() async throws {
        let program = program
        try await away { program.end() }
    }

    private struct Reply: Decodable, Sendable {
        var addr: String?
        var faults: Int?
    }

    @discardableResult
    private func ask(_ job: String, _ more: String = "") async throws -> Reply {
        let program = program
        return try await away {
            try program.write("{\"do\":\"\(job)\"\(more)}")
            return try Self.read(program.line())
        }
    }

    private nonisolated static func read(_ line: String) throws -> Reply {
        try JSONDecoder().decode(Reply.self, from: Data(line.utf8))
    }
}
