import CryptoKit
import Fieldbook
import Foundation
import Security

/// The phone's own key: 32 random bytes in the keychain, AES-256-GCM over what they seal.
///
/// `AfterFirstUnlockThisDeviceOnly`: sync opens the field book while the phone is locked, so a key that needs an
/// unlocked phone would stop it whenever the phone lies in a pocket, and one that needs a passcode or a face would be
/// deleted by the system with the passcode and take the worker's unsent work along. It leaves the phone in no backup
/// and no cloud. Before the first unlocking after a start it cannot be had; that passes. The PIN is the second half of
/// the lock, and lies nowhere but in ``KeychainQuickPin``, where the person has chosen that.
///
/// No access group: no other app and no extension shares it. It outlives the app's deletion, as the keychain does;
/// without the field book it opens nothing.
struct KeychainKey: DeviceKeys {
    private let account: String

    private static let service = "org.gridweave.fieldbook"

    init(account: String = "device key") { self.account = account }

    func seal(_ plain: [UInt8]) throws -> [UInt8] {
        let key = try read() ?? make()
        guard let sealed = try AES.GCM.seal(plain, using: key).combined else { throw KeychainTrouble.noSeal }
        return [UInt8](sealed)
    }

    func open(_ sealed: [UInt8]) throws -> [UInt8] {
        // What was sealed has just been read from a file of the same class of protection: the phone was unlocked since
        // it started, and a keychain that has no key now will have none later.
        guard let key = try read() else { throw DeviceKeyLost("the keychain has no key") }
        do {
            return [UInt8](try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key))
        } catch CryptoKitError.authenticationFailure {
            throw DeviceKeyLost("the keychain has another key")
        } catch CryptoKitError.incorrectParameterSize {
            throw DeviceKeyLost("what was sealed is too short")
        }
    }

    /// The key; none where the keychain has none.
    private func read() throws -> SymmetricKey? {
        var asked = place
        asked[kSecReturnData as String] = true
        asked[kSecMatchLimit as String] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(asked as CFDictionary, &found)
        switch status {
        case errSecSuccess:
            guard var bytes = found as? Data, bytes.count == Self.bytes else { throw KeychainTrouble.notAKey }
            defer { bytes.resetBytes(in: bytes.startIndex..<bytes.endIndex) }
            return SymmetricKey(data: bytes)
        case errSecItemNotFound: return nil
        // `errSecInteractionNotAllowed` among them: the phone has not been unlocked yet.
        default: throw KeychainTrouble.refused(status)
        }
    }

    private func make() throws -> SymmetricKey {
        let key = SymmetricKey(size: .bits256)
        var bytes = key.withUnsafeBytes { Data($0) }
        defer { bytes.resetBytes(in: bytes.startIndex..<bytes.endIndex) }
        var added = place
        added[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        added[kSecValueData as String] = bytes
        let status = SecItemAdd(added as CFDictionary, nil)
        // Another thread was quicker: there is one key only.
        if status == errSecDuplicateItem, let there = try read() { return there }
        guard status == errSecSuccess else { throw KeychainTrouble.refused(status) }
        return key
    }

    private var place: [String: Any] {
        [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrService as String: Self.service,
            kSecAttrAccount as String: account,
            kSecAttrSynchronizable as String: false,
        ]
    }

    private static let bytes = 32
}

/// The keychain does not answer now. Nothing secret is in it.
enum KeychainTrouble: Error {
    case refused(OSStatus)
    case notAKey
    case noSeal
}
