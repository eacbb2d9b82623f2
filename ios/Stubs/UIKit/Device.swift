// More of the stand-in for UIKit: the device, its windows, and what of the process the app asks.
// needs: CoreGraphics, QuartzCore
@_exported import QuartzCore

@MainActor
open class UIDevice: NSObject {
    open class var current: UIDevice { fatalError() }
    open var isBatteryMonitoringEnabled = false
    open var batteryLevel: Float { -1 }
    open var systemName: String { "" }
    open var systemVersion: String { "" }
    open nonisolated class var batteryLevelDidChangeNotification: NSNotification.Name { NSNotification.Name("") }
}

extension UIApplication {
    public nonisolated class var didBecomeActiveNotification: NSNotification.Name { NSNotification.Name("") }
    public var connectedScenes: Set<UIScene> { [] }
    public func beginBackgroundTask(
        withName taskName: String?,
        expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier { .invalid }
    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}
}

public struct UIBackgroundTaskIdentifier: Hashable, RawRepresentable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let invalid = UIBackgroundTaskIdentifier(rawValue: 0)
}

@MainActor
open class UIScene: UIResponder {}

open class UIWindowScene: UIScene {
    open var windows: [UIWindow] { [] }
}

open class UIWindow: UIView {
    open var isKeyWindow: Bool { false }
    open var rootViewController: UIViewController?
}

@MainActor
open class UIViewController: UIResponder {
    open var view: UIView! { nil }
    open var presentedViewController: UIViewController? { nil }
    open var popoverPresentationController: UIPopoverPresentationController? { nil }
    open func present(
        _ viewControllerToPresent: UIViewController,
        animated flag: Bool,
        completion: (() -> Void)? = nil
    ) {}
}

@MainActor
open class UIPopoverPresentationController: NSObject {
    open var sourceView: UIView?
    open var sourceRect = CGRect.zero
}

open class UIActivity: NSObject {}

open class UIActivityViewController: UIViewController {
    public init(activityItems: [Any], applicationActivities: [UIActivity]?) { super.init() }
}
