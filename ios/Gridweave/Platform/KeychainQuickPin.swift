import Fieldbook
import Foundation
import LocalAuthentication
import Security

/// The PIN in the keychain, behind Face ID or Touch ID.
///
/// `biometryCurrentSet`: with a face or finger added or taken away the item is of no use any more, so that nobody gets
/// in by adding his own; then the PIN is typed once. `WhenPasscodeSetThisDeviceOnly`: it goes with the phone's
/// passcode, and into no backup. What would be too strict for the phone's own key is right here: the loss costs one typing.
///
/// The calls block, the one that asks for as long as the person takes: all happens in its order on a queue of its own.
@MainActor
final class KeychainQuickPin: QuickPin {
    private let queue = DispatchQueue(label: "org.gridweave.quick-pin", qos: .userInitiated)
    private let chosen: () -> Chosen

    /// `chosen` has the language of the words that the system shows.
    init(chosen: @escaping () -> Chosen) { self.chosen = chosen }

    var kind: QuickKind? { get async { await queued { Self.known() } } }

    var isKept: Bool { get async { await queued { Self.lies() } } }

    func keep(_ pin: String) { queue.async { Self.write(pin) } }

    func ask() async -> String? {
        let reason = Say(chosen().language)("pin_quick_reason")
        return await queued { Self.read(reason) }
    }

    func forget() { queue.async { Self.delete() } }

    private func queued<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
        await withCheckedContinuation { (answer: CheckedContinuation<Answer, Never>) in
            queue.async { answer.resume(returning: work()) }
        }
    }
}

extension KeychainQuickPin {
    private nonisolated static func known() -> QuickKind? {
        let context = LAContext()
        // Not where none is set up, the person has forbidden it to the app, or too many failed.
        guard context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: nil) else { return nil }
        return switch context.biometryType {
        case .faceID: .face
        case .touchID: .touch
        default: nil
        }
    }

    /// Looked for without asking the person: one that is there says that it would have to.
    private nonisolated static func lies() -> Bool {
        let context = LAContext()
        context.interactionNotAllowed = true
        var asked = place
        asked[kSecUseAuthenticationContext as String] = context
        let status = SecItemCopyMatching(asked as CFDictionary, nil)
        return status == errSecSuccess || status == errSecInteractionNotAllowed
    }

    private nonisolated static func write(_ pin: String) {
        delete()
        let access = SecAccessControlCreateWithFlags(
            nil,
            kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly,
            .biometryCurrentSet,
            nil
        )
        guard let access else { return }
        var bytes = Data(pin.utf8)
        defer { bytes.resetBytes(in: bytes.startIndex..<bytes.endIndex) }
        var added = place
        added[kSecAttrAccessControl as String] = access
        added[kSecValueData as String] = bytes
        // Refused where no face or finger is set up: then nothing is kept.
        _ = SecItemAdd(added as CFDictionary, nil)
    }

    private nonisolated static func read(_ reason: String) -> String? {
        let context = LAContext()
        context.localizedReason = reason
        // The other way is the app's own keys.
        context.localizedFallbackTitle = ""
        var asked = place
        asked[kSecUseAuthenticationContext as String] = context
        asked[kSecReturnData as String] = true
        asked[kSecMatchLimit as String] = kSecMatchLimitOne
        var found: CFTypeRef?
        switch SecItemCopyMatching(asked as CFDictionary, &found) {
        case errSecSuccess:
            guard var bytes = found as? Data else { return nil }
            defer { bytes.resetBytes(in: bytes.startIndex..<bytes.endIndex) }
            return String(bytes: bytes, encoding: .utf8)
        case errSecUserCanceled, errSecInteractionNotAllowed: return nil
        default:
            // Gone with the set of faces, or somebody was not known: what is left of it is typed once.
            delete()
            return nil
        }
    }

    private nonisolated static func delete() { SecItemDelete(place as CFDictionary) }

    private nonisolated static var place: [String: Any] {
        [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrService as String: "org.gridweave.fieldbook",
            kSecAttrAccount as String: "quick PIN",
            kSecAttrSynchronizable as String: false,
        ]
    }
}
