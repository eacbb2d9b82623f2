// More of the stand-in for CoreGraphics: drawing into memory.
// needs: CFStandIns
@_exported import CFStandIns

public final class CGColorSpace: @unchecked Sendable {
    public init?(name: CFString) {}
    public static let sRGB: CFString = ""
}

public final class CGColor: @unchecked Sendable {
    public init(red: CGFloat, green: CGFloat, blue: CGFloat, alpha: CGFloat) {}
}

public final class CGImage: @unchecked Sendable {
    public var width: Int { 0 }
    public var height: Int { 0 }
}

public enum CGImageAlphaInfo: UInt32, Sendable {
    case none, premultipliedLast, premultipliedFirst, last, first, noneSkipLast, noneSkipFirst, alphaOnly
}

public enum CGInterpolationQuality: Int32, Sendable { case `default`, none, low, high, medium }

public class CGContext {
    public init?(
        data: UnsafeMutableRawPointer?,
        width: Int,
        height: Int,
        bitsPerComponent: Int,
        bytesPerRow: Int,
        space: CGColorSpace,
        bitmapInfo: UInt32
    ) {}
    public var width: Int { 0 }
    public var height: Int { 0 }
    public var interpolationQuality = CGInterpolationQuality.default
    public var textPosition = CGPoint.zero
    public func draw(_ image: CGImage, in rect: CGRect, byTiling: Bool = false) {}
    public func setFillColor(_ color: CGColor) {}
    public func setStrokeColor(_ color: CGColor) {}
    public func setLineWidth(_ width: CGFloat) {}
    public func setLineCap(_ cap: CGLineCap) {}
    public func setLineJoin(_ join: CGLineJoin) {}
    public func fill(_ rect: CGRect) {}
    public func move(to point: CGPoint) {}
    public func addLine(to point: CGPoint) {}
    public func strokePath() {}
    public func makeImage() -> CGImage? { nil }
}
