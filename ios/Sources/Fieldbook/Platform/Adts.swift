/// AAC as a stream of blocks, each with a header of its own (ADTS): what Android records, too. It has no index that is
/// written last, so it can be made in memory, and what there is of it can be played wherever it ends.
public struct Adts: Sendable {
    private let rate: UInt8

    private static let rates = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
    ]
    private static let headerBytes = 7
    private static let blockMost = 1 << 13

    /// One channel of so many samples a second; none for a number that the headers have no word for.
    public init?(samplesPerS: Int) {
        guard let at = Self.rates.firstIndex(of: samplesPerS) else { return nil }
        rate = UInt8(at)
    }

    /// The header of a block of AAC, low complexity, of so many bytes; none for one that is too long for it.
    public func header(bytes: Int) -> [UInt8]? {
        let all = bytes + Self.headerBytes
        guard bytes > 0, all < Self.blockMost else { return nil }
        // Sync word and MPEG-4 without a checksum; low complexity, rate, the channels' upper bit; their lower bits and
        // the length; "as full as it gets"; one block.
        let fixed: [UInt8] = [0xFF, 0xF1, 1 << 6 | rate << 2]
        return fixed + [1 << 6 | UInt8(all >> 11), UInt8(all >> 3 & 0xFF), UInt8(all & 7) << 5 | 0x1F, 0xFC]
    }

    /// Whether a sound is of this kind.
    public static func begins(_ sound: [UInt8]) -> Bool {
        sound.count > 1 && sound[0] == 0xFF && sound[1] & 0xF6 == 0xF0
    }
}
