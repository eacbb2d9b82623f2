// A hand-made stand-in for QuartzCore of iOS 17, for the type checker only. It holds what the app uses.
// needs: CoreGraphics
import CoreGraphics
@_exported import Foundation

open class CALayer: NSObject {
    public override init() { super.init() }
    open var frame = CGRect.zero
    open func addSublayer(_ layer: CALayer) {}
}
