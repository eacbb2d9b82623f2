import Foundation
import Testing

import struct Fieldbook.Progress

@testable import Fieldbook

/// Another worker of the same grid, with a device of her own.
@MainActor
final class Colleague {
    private let directory: URL
    let book: any Fieldbook

    init(_ name: String) async throws {
        let directory = try temporaryFolder("gridweave-colleague")
        try City.teach(directory)
        self.directory = directory
        let key = [UInt8](repeating: 7, count: 32)
        book = try await away { try RustFieldbook.open(directory: directory.path, key: key) }
        let answer = try await book.enrol(code: City.worker(name), device: "another PDA of the tests")
        #expect(answer == .enrolled)
        try await sync()
    }

    @discardableResult
    func sync() async throws -> Report {
        let (ends, ending) = AsyncStream<Report>.makeStream()
        let facts = Facts(app: "tests", battery: nil, network: "loopback", storageFreeMib: nil)
        let handle = try await book.startSync(facts, heard: Heard(ending), photos: true)
        var ended: Report?
        for await report in ends { ended = report }
        _ = handle
        let report = try #require(ended)
        #expect(report.unfinished == nil)
        return report
    }

    /// Writes a text into a field of a record, through its form.
    func edit(_ record: String, _ item: String, _ text: String) async throws {
        try await book.edit(record, item, text)
    }

    /// What a field of a record says here.
    func texts(_ record: String, _ field: String) async throws -> [String] {
        let page = try await book.page(record)
        let no = try await book.types()[page.row.type]?.fields.values.first { $0.name == field }?.no
        return page.fields.first { $0.key.no == no }?.values.map(\.said.text.zh) ?? []
    }

    func close() throws {
        book.close()
        try FileManager.default.removeItem(at: directory)
    }

    private struct Heard: SyncHeard {
        let ending: AsyncStream<Report>.Continuation

        init(_ ending: AsyncStream<Report>.Continuation) { self.ending = ending }

        func progress(_ progress: Progress) {}

        func finished(_ report: Report) {
            ending.yield(report)
            ending.finish()
        }
    }
}

extension Fieldbook {
    /// Writes a text into a field of a record, through its form.
    func edit(_ record: String, _ item: String, _ text: String) async throws {
        let form = try await startForm(type: page(record).row.type, record: record)
        try await form.answer(form.field(item), .text(text))
        _ = try await form.save(fix: nil, grid: nil)
    }

    /// Saves a person with what is always asked, past the screens; answers the record.
    func person(_ name: String, phone: String, grid: String) async throws -> String {
        let form = try await startForm(type: Types.person, record: nil)
        let asked = try await form.pages().flatMap(\.questions)
        func question(_ item: String) throws -> (Question, FieldKey) {
            let question = try #require(asked.first { $0.item == item && $0.key != nil })
            return (question, try #require(question.key))
        }
        let (status, statusKey) = try question("residence_status")
        try await form.answer(statusKey, .one(try #require(status.choices.first).code))
        try await form.answer(question("name").1, .text(name))
        try await form.answer(question("phone").1, .text(phone))
        return try await form.save(fix: nil, grid: grid)
    }
}

extension Form {
    func field(_ item: String) async throws -> FieldKey {
        try #require(try await pages().flatMap(\.questions).first { $0.item == item }?.key)
    }

    /// All pages of a form as it stands now.
    func pages() async throws -> [Look] {
        var pages = [try await look(nil)]
        while let next = pages[pages.count - 1].next { pages.append(try await look(next)) }
        return pages
    }
}

/// Record types of the stories, by number.
enum Types {
    static let person = 1
    static let dispute = 7
    static let hazard = 8
    static let every = 900
}
