import CoreGraphics
import CoreText
import Fieldbook
import Foundation
import ImageIO
import UniformTypeIdentifiers

/// Pictures through ImageIO, CoreGraphics and CoreText alone.
struct DevicePictures: Pictures {
    private static let quality = 0.85

    func prepare(_ bytes: [UInt8], mark: [String]) async -> [UInt8]? {
        let unheld: [CFString: Any] = [kCGImageSourceShouldCache: false]
        guard let source = CGImageSourceCreateWithData(Data(bytes) as CFData, unheld as CFDictionary),
            // Not decoded before it is drawn.
            let first = CGImageSourceCreateImageAtIndex(source, 0, unheld as CFDictionary)
        else { return nil }
        let longest = max(first.width, first.height)
        if mark.isEmpty, longest <= longEdgePx, isBare(bytes) { return bytes }
        let small: [CFString: Any] = [
            kCGImageSourceCreateThumbnailFromImageAlways: true,
            kCGImageSourceCreateThumbnailWithTransform: true,
            kCGImageSourceShouldCacheImmediately: true,
            kCGImageSourceThumbnailMaxPixelSize: min(longest, longEdgePx),
        ]
        guard let upright = CGImageSourceCreateThumbnailAtIndex(source, 0, small as CFDictionary),
            let paper = Self.paper(width: upright.width, height: upright.height)
        else { return nil }
        paper.interpolationQuality = .high
        paper.draw(upright, in: CGRect(x: 0, y: 0, width: paper.width, height: paper.height))
        if !mark.isEmpty { Self.draw(mark, on: paper) }
        return Self.jpeg(paper)
    }

    func signature(_ strokes: [[Float]]) async -> [UInt8] {
        guard let paper = Self.paper(width: Self.signHeight * 2, height: Self.signHeight) else { return [] }
        let (width, height) = (CGFloat(paper.width), CGFloat(paper.height))
        paper.setFillColor(CGColor(red: 1, green: 1, blue: 1, alpha: 1))
        paper.fill(CGRect(x: 0, y: 0, width: width, height: height))
        paper.setStrokeColor(CGColor(red: 16 / 255, green: 24 / 255, blue: 64 / 255, alpha: 1))
        paper.setLineWidth(Self.ink)
        paper.setLineCap(.round)
        paper.setLineJoin(.round)
        for stroke in strokes {
            // The paper here begins at its lower edge.
            let points = stride(from: 0, to: stroke.count - 1, by: 2).map { at in
                CGPoint(x: CGFloat(stroke[at]) * width, y: (1 - CGFloat(stroke[at + 1])) * height)
            }
            guard let start = points.first else { continue }
            paper.move(to: start)
            // Never of no length: a cap is drawn on lines alone. One that only touches is a dot.
            if points.count == 1 { paper.addLine(to: CGPoint(x: start.x + 0.1, y: start.y)) }
            for point in points.dropFirst() { paper.addLine(to: point) }
            paper.strokePath()
        }
        return Self.jpeg(paper) ?? []
    }

    private static let signHeight = 500
    private static let ink: CGFloat = 8

    /// Opaque, in the colours that every screen has.
    private static func paper(width: Int, height: Int) -> CGContext? {
        guard let colours = CGColorSpace(name: CGColorSpace.sRGB) else { return nil }
        return CGContext(
            data: nil,
            width: width,
            height: height,
            bitsPerComponent: 8,
            bytesPerRow: 0,
            space: colours,
            bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue
        )
    }

    /// Light letters on a dark band along the lower edge: to be read over anything.
    private static func draw(_ lines: [String], on paper: CGContext) {
        let width = CGFloat(paper.width)
        var size = max(CGFloat(min(paper.width, paper.height)) / 28, 10)
        let widest = lines.map { CTLineGetTypographicBounds(line($0, size), nil, nil, nil) }.max() ?? 0
        let room = width - 2 * size
        if CGFloat(widest) > room { size *= room / CGFloat(widest) }
        let step = size * 1.35
        let top = step * CGFloat(lines.count) + size / 2
        paper.setFillColor(CGColor(red: 0, green: 0, blue: 0, alpha: 150 / 255))
        paper.fill(CGRect(x: 0, y: 0, width: width, height: top))
        for (at, words) in lines.enumerated() {
            paper.textPosition = CGPoint(x: size, y: (top - step * (CGFloat(at) + 0.85)).rounded())
            CTLineDraw(line(words, size), paper)
        }
    }

    /// In the system's own letters, which know Chinese.
    private static func line(_ words: String, _ size: CGFloat) -> CTLine {
        let (colour, font) = (kCTForegroundColorAttributeName as String, kCTFontAttributeName as String)
        var look: [NSAttributedString.Key: Any] = [.init(colour): CGColor(red: 1, green: 1, blue: 1, alpha: 1)]
        if let letters = CTFontCreateUIFontForLanguage(.system, size, nil) { look[.init(font)] = letters }
        let line = NSAttributedString(string: words, attributes: look)
        return CTLineCreateWithAttributedString(line as CFAttributedString)
    }

    /// What is on the paper, as a JPEG file with nothing else in it: the encoder adds a block of its own.
    private static func jpeg(_ paper: CGContext) -> [UInt8]? {
        let out = NSMutableData()
        let kind = UTType.jpeg.identifier as CFString
        guard let image = paper.makeImage(),
            let file = CGImageDestinationCreateWithData(out as CFMutableData, kind, 1, nil)
        else { return nil }
        let how: [CFString: Any] = [kCGImageDestinationLossyCompressionQuality: quality]
        CGImageDestinationAddImage(file, image, how as CFDictionary)
        guard CGImageDestinationFinalize(file) else { return nil }
        return bared([UInt8](Data(referencing: out)))
    }
}
