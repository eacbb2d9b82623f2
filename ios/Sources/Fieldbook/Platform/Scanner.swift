import Foundation

/// A scanner that types: keys faster than any hand, with Enter or Tab at the end. Used where no field has the keys, for a
/// field takes them by itself.
@MainActor
public final class KeyWedge {
    private let found: (String) -> Void
    private let now: () -> ContinuousClock.Instant
    private var typed = ""
    private var last: ContinuousClock.Instant?

    private static let gap = Duration.milliseconds(100)
    private static let charsLeast = 3
    private static let namedKeys: ClosedRange<UInt32> = 0xF700...0xF8FF
    /// Longest code that is taken, characters: a QR code holds no more.
    private static let charsMost = 4_300

    init(now: @escaping () -> ContinuousClock.Instant = { .now }, found: @escaping (String) -> Void) {
        self.now = now
        self.found = found
    }

    /// Takes the characters of a key that no field took; whether they are part of a code.
    public func takes(_ characters: String) -> Bool {
        let at = now()
        if let last, at - last > Self.gap { typed = "" }
        last = at
        if characters == "\r" || characters == "\n" || characters == "\t" {
            let code = typed
            typed = ""
            guard code.count >= Self.charsLeast else { return false }
            found(code)
            return true
        }
        let control = characters.unicodeScalars.contains { CharacterSet.controlCharacters.contains($0) }
        // Arrows and the like have characters that are nobody's.
        let named = characters.unicodeScalars.contains { Self.namedKeys.contains($0.value) }
        guard !characters.isEmpty, !control, !named, typed.count < Self.charsMost else { return false }
        typed += characters
        return true
    }
}
