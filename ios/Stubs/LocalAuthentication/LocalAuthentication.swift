// A hand-made stand-in for LocalAuthentication of iOS 17, for the type checker only. It holds what the app uses. What
// Apple's types leave open about threads is left open here, too.
// needs: nothing
// Names as Apple has them, so no rule of style is held against this file.
// swift-format-ignore-file
import Foundation

public enum LAPolicy: Int, Sendable {
    case deviceOwnerAuthenticationWithBiometrics = 1
    case deviceOwnerAuthentication = 2
}

public enum LABiometryType: Int, Sendable { case none, touchID, faceID, opticID = 4 }

open class LAContext: NSObject {
    public override init() { super.init() }
    open func canEvaluatePolicy(_ policy: LAPolicy, error: UnsafeMutablePointer<NSError?>?) -> Bool { false }
    open var biometryType: LABiometryType { .none }
    open var localizedReason = ""
    open var localizedFallbackTitle: String?
    open var interactionNotAllowed = false
}
