// A hand-made stand-in for CoreText of iOS 17, for the type checker only. It holds what the app uses.
// needs: CFStandIns, CoreGraphics
// Names as Apple has them, so no rule of style is held against this file.
// swift-format-ignore-file
import CFStandIns
import CoreGraphics

public final class CTFont: @unchecked Sendable {}
public final class CTLine: @unchecked Sendable {}
public enum CTFontUIFontType: UInt32, Sendable { case none, user, userFixedPitch, system, emphasizedSystem }

public let kCTFontAttributeName: CFString = ""
public let kCTForegroundColorAttributeName: CFString = ""

public func CTFontCreateUIFontForLanguage(
    _ uiType: CTFontUIFontType,
    _ size: CGFloat,
    _ language: CFString?
) -> CTFont? { nil }
public func CTLineCreateWithAttributedString(_ attrString: CFAttributedString) -> CTLine { CTLine() }
public func CTLineGetTypographicBounds(
    _ line: CTLine,
    _ ascent: UnsafeMutablePointer<CGFloat>?,
    _ descent: UnsafeMutablePointer<CGFloat>?,
    _ leading: UnsafeMutablePointer<CGFloat>?
) -> Double { 0 }
public func CTLineDraw(_ line: CTLine, _ context: CGContext) {}
