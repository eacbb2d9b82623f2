import Foundation
import Testing

/// A real city for the stories: made with the operator's own commands, served over TLS by the real server.
@MainActor
enum City {
    static let grid = "440310001001001"
    private static let server = named("GRIDWEAVE_SERVER")
    private static let word = "gridweave tests"
    private static var made: Made?

    static var url: String { get async throws { try await now().url } }

    /// Puts a record type with every kind of question, which the city collects beside the built-in ones, where a city or a
    /// device finds those of the organisation's own.
    static func teach(_ folder: URL) throws {
        let types = folder.appendingPathComponent("types")
        try FileManager.default.createDirectory(at: types, withIntermediateDirectories: true)
        let every = URL(fileURLWithPath: named("GRIDWEAVE_REPOSITORY"))
            .appendingPathComponent("core/tests/fixtures/every_question.json")
        try FileManager.default.copyItem(at: every, to: types.appendingPathComponent("every_question.json"))
    }

    /// Ends the city; the next who asks gets a new one, in which nobody has done anything.
    static func leave() async throws {
        guard let made else { return }
        self.made = nil
        try await away { made.program.end() }
        try FileManager.default.removeItem(at: made.place)
    }

    /// A new worker's enrolment code. `confirm`: nobody has to compare fingerprints; `url`: where her device calls.
    static func worker(_ name: String, confirm: Bool = true, url: String? = nil) async throws -> String {
        try await worker(name, confirm: confirm, url: url).code
    }

    /// The same with the picture that the operator's command prints of it.
    static func worker(
        _ name: String,
        confirm: Bool = true,
        url: String? = nil
    ) async throws -> (code: String, picture: Modules) {
        let made = try await now()
        made.people += 1
        let add = ["person", "add", "--data", made.data, "--name", "\(name)\(made.people)", "--role", "worker"]
        let said = try await Program.run(server, add, typed: "\(word)\n")
        let person = said.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        let enrol = ["enrol", "--data", made.data, "--person", person, "--grids", grid, "--url", url ?? made.url]
        let shown = try await Program.run(server, enrol + (confirm ? ["--confirm"] : []))
        let lines = shown.split(separator: "\n").map(String.init)
        return (lines.last ?? "", Modules(printed: Array(lines.dropLast())))
    }

    /// The supervisor compares the digits and confirms.
    static func confirm(_ fingerprint: String) async throws {
        let page = try await ask("GET", "/console/enrolment").body
        let waiting = try #require(page.after(">\(fingerprint)<"), "the console shows another fingerprint")
        let id = try #require(waiting.after("name=\"id\" value=\"")).before("\"")
        try await post("/console/enrolment/confirm", "id=\(id)")
    }

    /// A supervisor answers for a change that was not accepted.
    static func release(_ dot: String) async throws {
        try await post("/console/quarantine/release", "dot=\(dot)&reason=seen")
    }

    static func revoke(_ rid: String) async throws {
        try await post("/console/device/\(rid)/state", "state=revoked&reason=lost")
    }

    /// The supervisor looks at a field in conflict and takes the value that `shown` is part of.
    static func settle(_ record: String, field: Int, shown: String) async throws {
        let page = try await ask("GET", "/console/record/\(record)/field/\(field)").body
        let onScreen = page.components(separatedBy: "name=\"on_screen\" value=\"").dropFirst().map { $0.before("\"") }
        #expect(onScreen.count > 1, "the console shows no conflict")
        let sides = page.components(separatedBy: "<label class=\"card side\">").dropFirst()
        let side = try #require(sides.first { $0.before("</label>").contains(shown) })
        let taken = try #require(side.after("name=\"take\" required value=\"")).before("\"")
        let seen = onScreen.map { "&on_screen=\($0)" }.joined()
        try await post("/console/field", "record=\(record)&field=\(field)&take=\(taken)\(seen)")
    }

    /// The organisation opens a salvaged folder with its recovery key and hands in what was not received.
    static func rescue(_ folder: URL) async throws {
        let key = try await now().place.appendingPathComponent("key").path
        let said = try await Program.run(
            named("GRIDWEAVE_RESCUE"),
            ["--device", folder.path, "--recovery-key", key]
        )
        #expect(said.contains("handed in: 1 changes (0 of them kept in quarantine), 1 photos"), "\(said)")
    }

    /// A city with its server process and a supervisor.
    private final class Made: Sendable {
        let place: URL
        let data: String
        let program: Program
        let url: String
        @MainActor var people = 0
        @MainActor var session: (cookie: String, csrf: String)?

        init(place: URL, data: String, program: Program, url: String) {
            self.place = place
            self.data = data
            self.program = program
            self.url = url
        }
    }

    private static func now() async throws -> Made {
        if let made { return made }
        let place = try temporaryFolder("gridweave-city")
        let city = place.appendingPathComponent("city")
        let data = city.path
        let areas = named("GRIDWEAVE_REPOSITORY") + "/schemas/area-tree.example.geojson"
        let key = place.appendingPathComponent("key").path
        let begin = ["init", "--data", data, "--organisation", "坪山区（测试）", "--recovery-key", key]
        _ = try await Program.run(server, begin)
        try teach(city)
        _ = try await Program.run(server, ["area", "import", "--data", data, areas])
        let supervisor = ["person", "add", "--data", data, "--name", "督导员", "--role", "supervisor", "--login", "su"]
        _ = try await Program.run(server, supervisor, typed: "\(word)\n")
        let serve = ["serve", "--tls", "--data", data, "--listen", "127.0.0.1:0", "--until-stdin-ends"]
        let program = try Program(server, serve)
        let said = try await away { program.line() }
        let url = try #require(said.after("serving ")).before(" ")
        let new = Made(place: place, data: data, program: program, url: url)
        made = new
        return new
    }

    private static func post(_ path: String, _ form: String) async throws {
        let answer = try await ask("POST", path, form: form)
        #expect(answer.status == 303, "\(path): \(answer.body)")
    }

    private static func ask(_ method: String, _ path: String, form: String? = nil) async throws -> Answered {
        let made = try await now()
        if made.session == nil {
            let body = "{\"login\":\"su\",\"password\":\"\(word)\"}"
            let answer = try await call("POST", "/v1/sign-in", ["Content-Type: application/json"], body)
            let cookie = answer.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie:") }
            made.session = (
                try #require(cookie).dropFirst("set-cookie:".count).trimmingCharacters(in: .whitespaces).before(";"),
                try #require(answer.body.after("\"csrf\":\"")).before("\"")
            )
        }
        let session = try #require(made.session)
        return try await call(method, path, ["Cookie: \(session.cookie)", "X-CSRF: \(session.csrf)"], form)
    }

    private struct Answered {
        let status: Int
        let head: String
        let body: String
    }

    /// Devices pin the city's key; the supervisor's request of this test does not leave the machine. What is secret in it
    /// goes to the program on its standard input.
    private static func call(
        _ method: String,
        _ path: String,
        _ headers: [String],
        _ body: String?
    ) async throws -> Answered {
        func quoted(_ text: String) -> String { "\"" + text.replacingOccurrences(of: "\"", with: "\\\"") + "\"" }
        var lines = ["insecure", "silent", "show-error", "include", "http1.1", "request = \(quoted(method))"]
        lines.append("url = \(quoted(try await now().url + path))")
        lines += headers.map { "header = \(quoted($0))" }
        if let body { lines.append("data-raw = \(quoted(body))") }
        let typed = lines.joined(separator: "\n")
        let said = try await Program.run("/usr/bin/env", ["curl", "--config", "-"], typed: typed)
        let head = said.before("\r\n\r\n")
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answered(status: status, head: head, body: said.after("\r\n\r\n") ?? "")
    }
}
