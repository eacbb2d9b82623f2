// What Foundation has on Apple's systems and not on Linux, as far as the app uses it; UIKit exports all of Foundation.
// needs: nothing
@_exported import Foundation

public typealias NSErrorPointer = UnsafeMutablePointer<NSError?>?

open class NSFileCoordinator: NSObject {
    public struct ReadingOptions: OptionSet, Sendable {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
        public static var forUploading: ReadingOptions { ReadingOptions(rawValue: 8) }
    }
    open func coordinate(
        readingItemAt url: URL,
        options: NSFileCoordinator.ReadingOptions = [],
        error outError: NSErrorPointer,
        byAccessor reader: (URL) -> Void
    ) {}
}

extension URLResourceKey {
    public static var volumeAvailableCapacityForImportantUsageKey: URLResourceKey { URLResourceKey(rawValue: "") }
}

extension URLResourceValues {
    public var volumeAvailableCapacityForImportantUsage: Int64? { nil }
}
