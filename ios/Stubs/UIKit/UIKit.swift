// A hand-made stand-in for UIKit of iOS 17, for the type checker only. It holds what the app uses.
@_exported import CoreGraphics
@_exported import Foundation
@_exported import QuartzCore

@MainActor
open class UIResponder: NSObject {
    public override init() { super.init() }
}

@MainActor
open class UIView: UIResponder {
    public init(frame: CGRect) { super.init() }
    public required init?(coder: NSCoder) { super.init() }
    open var layer: CALayer { fatalError() }
    open var bounds: CGRect = .zero
    open var frame: CGRect = .zero
    open var backgroundColor: UIColor?
    open var isUserInteractionEnabled = true
    open var subviews: [UIView] { [] }
    open func addSubview(_ view: UIView) {}
    open func removeFromSuperview() {}
    open func setNeedsLayout() {}
    open func layoutSubviews() {}
}

open class UIColor: NSObject, @unchecked Sendable {
    public init(red: CGFloat, green: CGFloat, blue: CGFloat, alpha: CGFloat) {}
    open class var black: UIColor { fatalError() }
    open class var white: UIColor { fatalError() }
}

open class UIImage: NSObject, @unchecked Sendable {
    public init?(data: Data) {}
    public init?(data: Data, scale: CGFloat) {}
    open var size: CGSize { .zero }
    open var scale: CGFloat { 1 }
    open func preparingThumbnail(of size: CGSize) -> UIImage? { nil }
    open func byPreparingThumbnail(ofSize size: CGSize) async -> UIImage? { nil }
    open func jpegData(compressionQuality: CGFloat) -> Data? { nil }
}

public enum UIKeyboardType: Int, Sendable {
    case `default`, asciiCapable, numberPad, phonePad, decimalPad
}

public struct UITextContentType: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let oneTimeCode = UITextContentType(rawValue: "one-time-code")
    public static let password = UITextContentType(rawValue: "password")
}

/// Its methods may be left out.
@MainActor
public protocol UIApplicationDelegate: NSObjectProtocol {
    func application(
        _ application: UIApplication,
        shouldAllowExtensionPointIdentifier extensionPointIdentifier: UIApplication.ExtensionPointIdentifier
    ) -> Bool
}
extension UIApplicationDelegate {
    public func application(
        _ application: UIApplication,
        shouldAllowExtensionPointIdentifier extensionPointIdentifier: UIApplication.ExtensionPointIdentifier
    ) -> Bool { true }
}

@MainActor
open class UIApplication: UIResponder {
    open class var shared: UIApplication { fatalError() }
    public class var openSettingsURLString: String { "" }
    open func canOpenURL(_ url: URL) -> Bool { false }
    open func open(
        _ url: URL,
        options: [UIApplication.OpenExternalURLOptionsKey: Any] = [:],
        completionHandler: (@MainActor @Sendable (Bool) -> Void)? = nil
    ) {}

    public struct ExtensionPointIdentifier: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let keyboard = ExtensionPointIdentifier(rawValue: "com.apple.keyboard-service")
    }
    public struct OpenExternalURLOptionsKey: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
    }
}
