// A hand-made stand-in for what Foundation lacks of CoreGraphics on Linux, for the type checker only.
@_exported import Foundation

public struct CGAffineTransform: Sendable, Hashable {
    public static let identity = CGAffineTransform()

    public init() {}
    public init(translationX tx: CGFloat, y ty: CGFloat) {}
    public init(scaleX sx: CGFloat, y sy: CGFloat) {}
    public init(rotationAngle angle: CGFloat) {}

    public func translatedBy(x tx: CGFloat, y ty: CGFloat) -> CGAffineTransform { self }
    public func scaledBy(x sx: CGFloat, y sy: CGFloat) -> CGAffineTransform { self }
    public func rotated(by angle: CGFloat) -> CGAffineTransform { self }
    public func concatenating(_ t2: CGAffineTransform) -> CGAffineTransform { self }
    public func inverted() -> CGAffineTransform { self }
}

public enum CGLineCap: Int32, Sendable { case butt, round, square }
public enum CGLineJoin: Int32, Sendable { case miter, round, bevel }
