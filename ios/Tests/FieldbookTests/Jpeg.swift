import Foundation

/// Whole JPEG files, as small as they can be: a grey square of 8 × 8 pixels (ISO/IEC 10918-1 baseline).
enum Jpeg {
    /// One with nothing in it but the picture; `seed` tells them apart.
    static func picture(_ seed: UInt8 = 0) -> [UInt8] { file(seed) }

    /// One that is as heavy as from a phone, which leaves notes in it.
    static func heavy(_ seed: UInt8) -> [UInt8] {
        let random = FileHandle(forReadingAtPath: "/dev/urandom")
        let notes = (0..<7).map { _ in segment(0xFE, [UInt8](random?.readData(ofLength: 60_000) ?? Data())) }
        return file(seed, Array(notes.joined()))
    }

    /// What stands for a signature.
    static let ink = file(100)

    /// What stands for a picture that was made small, turned and marked.
    static let prepared = file(101)

    private static func file(_ seed: UInt8, _ notes: [UInt8] = []) -> [UInt8] {
        let quantisers = segment(0xDB, [0] + [UInt8](repeating: seed + 1, count: 64))
        let frame = segment(0xC0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0])
        // One code of one bit in each table: "no difference" and "end of block".
        let zeros = [UInt8](repeating: 0, count: 16)
        let tables = segment(0xC4, [0x00, 1] + zeros) + segment(0xC4, [0x10, 1] + zeros)
        let scan = segment(0xDA, [1, 1, 0, 0, 0x3F, 0])
        let parts: [[UInt8]] = [[0xFF, 0xD8], notes, quantisers, frame, tables, scan, [0x3F, 0xFF, 0xD9]]
        return Array(parts.joined())
    }

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }
}
