// More of the stand-in for AVFoundation: sound, with what it exports of AVFAudio and CoreAudioTypes.
// needs: nothing
// Names as Apple has them, so no rule of style is held against this file.
// swift-format-ignore-file
@_exported import Foundation

public typealias AVAudioFrameCount = UInt32
public typealias AVAudioPacketCount = UInt32
public typealias AVAudioNodeBus = Int
public typealias AudioFormatID = UInt32

public var kAudioFormatMPEG4AAC: AudioFormatID { 0 }
public let AVFormatIDKey = ""
public let AVSampleRateKey = ""
public let AVNumberOfChannelsKey = ""

public struct AudioStreamPacketDescription {
    public var mStartOffset: Int64
    public var mVariableFramesInPacket: UInt32
    public var mDataByteSize: UInt32
}

open class AVAudioApplication: NSObject {
    public enum recordPermission: Int, Sendable { case undetermined, denied, granted }
    open class var shared: AVAudioApplication { fatalError() }
    open var recordPermission: AVAudioApplication.recordPermission { .undetermined }
}

public let AVAudioSessionInterruptionTypeKey = ""

open class AVAudioSession: NSObject {
    public struct Category: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let record = Category(rawValue: "")
        public static let playback = Category(rawValue: "")
    }
    public struct Mode: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let `default` = Mode(rawValue: "")
    }
    public struct CategoryOptions: OptionSet, Sendable {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
    }
    public struct SetActiveOptions: OptionSet, Sendable {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
        public static var notifyOthersOnDeactivation: SetActiveOptions { SetActiveOptions(rawValue: 1) }
    }
    public enum InterruptionType: UInt, Sendable { case ended, began }

    open class var interruptionNotification: NSNotification.Name { NSNotification.Name("") }
    open class var mediaServicesWereResetNotification: NSNotification.Name { NSNotification.Name("") }
    open class func sharedInstance() -> AVAudioSession { fatalError() }
    open func setCategory(
        _ category: AVAudioSession.Category,
        mode: AVAudioSession.Mode,
        options: AVAudioSession.CategoryOptions = []
    ) throws {}
    open func setActive(_ active: Bool, options: AVAudioSession.SetActiveOptions = []) throws {}
}

open class AVAudioFormat: NSObject {
    public init?(settings: [String: Any]) {}
    open var sampleRate: Double { 0 }
}

open class AVAudioTime: NSObject {}

open class AVAudioBuffer: NSObject {}

open class AVAudioPCMBuffer: AVAudioBuffer {
    open var frameLength: AVAudioFrameCount = 0
}

open class AVAudioCompressedBuffer: AVAudioBuffer {
    public init(format: AVAudioFormat, packetCapacity: AVAudioPacketCount, maximumPacketSize: Int) {}
    open var packetCount: AVAudioPacketCount = 0
    open var byteLength: UInt32 = 0
    open var data: UnsafeMutableRawPointer { fatalError() }
    open var packetDescriptions: UnsafeMutablePointer<AudioStreamPacketDescription>? { nil }
}

public enum AVAudioConverterInputStatus: Int, Sendable { case haveData, noDataNow, endOfStream }
public enum AVAudioConverterOutputStatus: Int, Sendable { case haveData, inputRanDry, endOfStream, error }
public typealias AVAudioConverterInputBlock =
    (AVAudioPacketCount, UnsafeMutablePointer<AVAudioConverterInputStatus>) -> AVAudioBuffer?

open class AVAudioConverter: NSObject {
    public init?(from fromFormat: AVAudioFormat, to toFormat: AVAudioFormat) {}
    open var bitRate = 0
    open var applicableEncodeBitRates: [NSNumber]? { nil }
    open var maximumOutputPacketSize: Int { 0 }
    open func convert(
        to outputBuffer: AVAudioBuffer,
        error outError: UnsafeMutablePointer<NSError?>?,
        withInputFrom inputBlock: (AVAudioPacketCount, UnsafeMutablePointer<AVAudioConverterInputStatus>) ->
            AVAudioBuffer?
    ) -> AVAudioConverterOutputStatus { .error }
}

public typealias AVAudioNodeTapBlock = (AVAudioPCMBuffer, AVAudioTime) -> Void

open class AVAudioNode: NSObject {
    open func outputFormat(forBus bus: AVAudioNodeBus) -> AVAudioFormat { fatalError() }
    open func installTap(
        onBus bus: AVAudioNodeBus,
        bufferSize: AVAudioFrameCount,
        format: AVAudioFormat?,
        block tapBlock: @escaping AVAudioNodeTapBlock
    ) {}
    open func removeTap(onBus bus: AVAudioNodeBus) {}
}

open class AVAudioInputNode: AVAudioNode {}

open class AVAudioEngine: NSObject {
    public override init() { super.init() }
    open var inputNode: AVAudioInputNode { fatalError() }
    open var isRunning: Bool { false }
    open func prepare() {}
    open func start() throws {}
    open func stop() {}
}

extension NSNotification.Name {
    public static var AVAudioEngineConfigurationChange: NSNotification.Name { NSNotification.Name("") }
}

/// Its methods may be left out.
public protocol AVAudioPlayerDelegate: NSObjectProtocol {
    func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool)
    func audioPlayerDecodeErrorDidOccur(_ player: AVAudioPlayer, error: (any Error)?)
}
extension AVAudioPlayerDelegate {
    public func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool) {}
    public func audioPlayerDecodeErrorDidOccur(_ player: AVAudioPlayer, error: (any Error)?) {}
}

open class AVAudioPlayer: NSObject {
    public init(data: Data, fileTypeHint utiString: String?) throws {}
    weak open var delegate: (any AVAudioPlayerDelegate)?
    open func play() -> Bool { false }
    open func stop() {}
}
