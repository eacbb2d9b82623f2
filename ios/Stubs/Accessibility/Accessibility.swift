// A hand-made stand-in for Accessibility of iOS 17, for the type checker only. It holds what the app uses.
// needs: nothing
@_exported import Foundation

public enum AccessibilityNotification {
    public struct Announcement {
        public init(_ announcement: String) {}
        public func post() {}
    }
}
