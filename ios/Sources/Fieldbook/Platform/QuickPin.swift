/// By what the device knows its person again.
public enum QuickKind: Sendable { case face, touch }

/// Types the PIN for a person whom the device knows again: a convenience and no key. The PIN stays half of the lock; kept
/// here it lies on the phone, behind the face or finger, so it is kept only where the person has chosen that.
@MainActor
public protocol QuickPin: AnyObject {
    /// What the device has; none where nothing is set up in it, or the app may not use it now.
    var kind: QuickKind? { get async }

    /// Whether a PIN is kept. The system lets one go when a face or finger is added.
    var isKept: Bool { get async }

    /// Keeps a PIN in the place of the one before. What cannot be kept is typed.
    func keep(_ pin: String)

    /// Asks the person, and answers the PIN; none where the person would not, was not known, or none is kept any more.
    func ask() async -> String?

    func forget()
}
