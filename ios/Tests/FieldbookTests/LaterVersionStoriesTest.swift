import Foundation
import Testing

@testable import Fieldbook

extension Stories {
    /// An older app was put over what a newer one wrote.
    @Suite(.serialized)
    @MainActor
    struct LaterVersionStoriesTest {
        @Test("keys of a newer app are left alone, and the person is told to install it")
        func newer() async throws {
            try await story { hands in
                try await hands.enrol("王小明")
                hands.location.found()
                try await hands.hazard("深汕路一号", photo: Jpeg.picture())
                let copy = hands.folder.appendingPathComponent("fieldbook.keys")
                let whole = try Data(contentsOf: copy)
                let body = Data("gridweave keys 2\0and what else a newer app keeps there".utf8)
                let newer = body + (try await Self.sha256(body))
                try newer.write(to: copy)
                try await hands.die(unlock: false)
                // This screen offers nothing but to try again: there is no way to set the field book aside.
                try await hands.sees("it is of a newer app") {
                    if case .notNow(let trouble) = hands.root.screen { trouble.code == "newer_data" } else { false }
                }
                #expect(try Data(contentsOf: copy) == newer)

                // The newer app is there.
                try whole.write(to: copy)
                hands.root.again()
                try await hands.typePin()
                try await hands.seesRecord(of: "深汕路一号")
            }
        }

        private static func sha256(_ body: Data) async throws -> Data {
            let file = temporary("gridweave-keys")
            try body.write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let said = try await Program.run("/usr/bin/env", ["sha256sum", file.path])
            let hex = said.prefix(64)
            return Data(
                stride(from: 0, to: 64, by: 2).compactMap { at in
                    let start = hex.index(hex.startIndex, offsetBy: at)
                    return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
                }
            )
        }
    }
}
