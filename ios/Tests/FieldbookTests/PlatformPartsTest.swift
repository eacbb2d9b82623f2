import Foundation
import Testing

@testable import Fieldbook

/// What the app's platform side leaves to the package, so that it is tested without a phone.
struct PlatformPartsTest {
    private static let start: [UInt8] = [0xFF, 0xD8]
    private static let jfif: [UInt8] = [0xFF, 0xE0, 0x00, 0x04, 0x4A, 0x46]
    private static let picture: [UInt8] = [0xFF, 0xDA, 0x00, 0x03, 0x01, 0x11, 0x22, 0xFF, 0x00, 0x33, 0xFF, 0xD9]

    private static func block(_ marker: UInt8, _ text: String) -> [UInt8] {
        [0xFF, marker, 0, UInt8(text.utf8.count + 2)] + Array(text.utf8)
    }

    @Test func aBaredPictureIsBareAndKeepsItsColours() {
        let colours = Self.block(0xE2, "ICC_PROFILE\0")
        let full =
            Self.start + Self.jfif + Self.block(0xE1, "Exif\0\0GPS") + colours + Self.block(0xED, "Photoshop")
            + Self.block(0xE2, "MPF\0") + Self.block(0xFE, "by a phone") + Self.picture
        #expect(!isBare(full))
        #expect(bared(full) == Self.start + Self.jfif + colours + Self.picture)
        #expect(isBare(Self.start + Self.jfif + colours + Self.picture))
    }

    @Test func whatIsNoPictureIsNotBared() {
        #expect(bared([]) == nil)
        #expect(bared(Array("not a picture".utf8)) == nil)
        #expect(bared(Self.start + Self.jfif) == nil)
        #expect(bared(Self.start + [0xFF, 0xE1, 0x7F, 0xFF, 0x00]) == nil)
    }

    @Test func aBlockOfSoundHasItsHeader() throws {
        let adts = try #require(Adts(samplesPerS: 44_100))
        #expect(adts.header(bytes: 371 - 7) == [0xFF, 0xF1, 0x50, 0x40, 0x2E, 0x7F, 0xFC])
        #expect(adts.header(bytes: 8_184) == [0xFF, 0xF1, 0x50, 0x43, 0xFF, 0xFF, 0xFC])
        #expect(adts.header(bytes: 8_185) == nil)
        #expect(adts.header(bytes: 0) == nil)
        #expect(Adts(samplesPerS: 48_000)?.header(bytes: 1)?[2] == 0x4C)
        #expect(Adts(samplesPerS: 44_000) == nil)
    }

    @Test func soundOfThisKindIsKnownByItsBeginning() throws {
        let header = try #require(Adts(samplesPerS: 16_000)?.header(bytes: 100))
        #expect(Adts.begins(header))
        #expect(!Adts.begins(Array("RIFF".utf8)))
        #expect(!Adts.begins(Self.start))
        #expect(!Adts.begins([]))
    }

    @MainActor
    @Test func keysThatTypeNothingAreOfNoCode() {
        var found: [String] = []
        let wedge = KeyWedge { found.append($0) }
        for key in ["6", "\u{F700}", "9", "\u{F8FF}", "0"] { #expect(wedge.takes(key) == (key.utf8.count == 1)) }
        #expect(wedge.takes("\r") && found == ["690"])
    }

    @MainActor
    @Test func whoLeftTwiceLeftTheFirstTime() {
        var now = ContinuousClock.now
        let lock = AutoLock { now }
        lock.left()
        now += .seconds(4 * 60)
        lock.left()
        now += .seconds(2 * 60)
        lock.cameBack()
        #expect(lock.locked)
    }

    @MainActor
    @Test func whatOutlivesTheProcessIsSealed() throws {
        let key = FakeDeviceKeys()
        let saved = Saved()
        saved["kept find query"] = ["longtian"]
        let sealed = try #require(saved.sealed(by: key))
        #expect(sealed.range(of: Data("longtian".utf8)) == nil)
        #expect(Saved(sealed: sealed, by: key).words == saved.words)
        key.lost = true
        #expect(Saved(sealed: sealed, by: key).words.isEmpty)
    }

    @Test func aReadingThatIsNoPlaceIsNoFix() {
        let (lat, lon) = (22.691, 114.347)
        let whole = Reading(latitude: lat, longitude: lon, accuracyM: 4.5, satellites: true, mock: false, atMs: 0)
        #expect(Standing.here(whole).fix?.accuracyDm == 45)
        var odd = [whole, whole, whole, whole]
        odd[0].latitude = .nan
        odd[1].longitude = .infinity
        odd[2].accuracyM = -1
        odd[3].accuracyM = 1e30
        #expect(odd.allSatisfy { Standing.here($0).fix == nil })
    }
}
