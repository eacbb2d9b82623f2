// A hand-made stand-in for AVFoundation of iOS 17, for the type checker only, with what it exports of CoreMedia and
// CoreVideo. It holds what the app uses. What Apple's types leave open about threads is left open here, too.
// needs: CFStandIns, CoreGraphics, QuartzCore
// Names as Apple has them, so no rule of style is held against this file.
// swift-format-ignore-file
@_exported import CFStandIns
import CoreGraphics
@_exported import Dispatch
@_exported import QuartzCore

public struct AVMediaType: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let video = AVMediaType(rawValue: "vide")
    public static let audio = AVMediaType(rawValue: "soun")
}

public enum AVAuthorizationStatus: Int, Sendable { case notDetermined, restricted, denied, authorized }

open class AVCaptureDevice: NSObject {
    public struct DeviceType: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let builtInWideAngleCamera = DeviceType(rawValue: "")
    }
    public enum Position: Int, Sendable { case unspecified, back, front }
    public enum TorchMode: Int, Sendable { case off, on, auto }

    open class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus { .notDetermined }
    open class func requestAccess(for mediaType: AVMediaType) async -> Bool { false }
    open class func `default`(
        _ deviceType: AVCaptureDevice.DeviceType,
        for mediaType: AVMediaType?,
        position: AVCaptureDevice.Position
    ) -> AVCaptureDevice? { nil }
    open class func `default`(for mediaType: AVMediaType) -> AVCaptureDevice? { nil }
    open var hasTorch: Bool { false }
    open var torchMode = TorchMode.off
    open func isTorchModeSupported(_ torchMode: AVCaptureDevice.TorchMode) -> Bool { false }
    open func lockForConfiguration() throws {}
    open func unlockForConfiguration() {}

    open class RotationCoordinator: NSObject {
        public init(device: AVCaptureDevice, previewLayer: CALayer?) {}
        open var videoRotationAngleForHorizonLevelCapture: CGFloat { 0 }
        open var videoRotationAngleForHorizonLevelPreview: CGFloat { 0 }
    }
}

open class AVCaptureInput: NSObject {}
open class AVCaptureDeviceInput: AVCaptureInput {
    public init(device: AVCaptureDevice) throws {}
}

open class AVCaptureConnection: NSObject {
    open var videoRotationAngle: CGFloat = 0
    open func isVideoRotationAngleSupported(_ videoRotationAngle: CGFloat) -> Bool { false }
}

open class AVCaptureOutput: NSObject {
    open func connection(with mediaType: AVMediaType) -> AVCaptureConnection? { nil }
}

public let AVCaptureSessionInterruptionReasonKey = ""
public let AVCaptureSessionErrorKey = ""

open class AVCaptureSession: NSObject {
    public struct Preset: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let photo = Preset(rawValue: "")
        public static let hd1280x720 = Preset(rawValue: "")
    }
    public enum InterruptionReason: Int, Sendable {
        case videoDeviceNotAvailableInBackground = 1
        case audioDeviceInUseByAnotherClient = 2
        case videoDeviceInUseByAnotherClient = 3
        case videoDeviceNotAvailableWithMultipleForegroundApps = 4
        case videoDeviceNotAvailableDueToSystemPressure = 5
    }
    open class var wasInterruptedNotification: NSNotification.Name { NSNotification.Name("") }
    open class var interruptionEndedNotification: NSNotification.Name { NSNotification.Name("") }
    open class var runtimeErrorNotification: NSNotification.Name { NSNotification.Name("") }

    public override init() { super.init() }
    open var sessionPreset = Preset.photo
    open var isRunning: Bool { false }
    open var isInterrupted: Bool { false }
    open var inputs: [AVCaptureInput] { [] }
    open var outputs: [AVCaptureOutput] { [] }
    open func canSetSessionPreset(_ preset: AVCaptureSession.Preset) -> Bool { false }
    open func canAddInput(_ input: AVCaptureInput) -> Bool { false }
    open func addInput(_ input: AVCaptureInput) {}
    open func removeInput(_ input: AVCaptureInput) {}
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { false }
    open func addOutput(_ output: AVCaptureOutput) {}
    open func removeOutput(_ output: AVCaptureOutput) {}
    open func beginConfiguration() {}
    open func commitConfiguration() {}
    open func startRunning() {}
    open func stopRunning() {}
}

public struct AVLayerVideoGravity: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let resizeAspect = AVLayerVideoGravity(rawValue: "")
}

open class AVCaptureVideoPreviewLayer: CALayer {
    public init(session: AVCaptureSession) { super.init() }
    open var videoGravity = AVLayerVideoGravity.resizeAspect
    open var connection: AVCaptureConnection? { nil }
}

public protocol AVCaptureVideoDataOutputSampleBufferDelegate: NSObjectProtocol {
    func captureOutput(
        _ output: AVCaptureOutput,
        didOutput sampleBuffer: CMSampleBuffer,
        from connection: AVCaptureConnection
    )
}

open class AVCaptureVideoDataOutput: AVCaptureOutput {
    public override init() { super.init() }
    open var videoSettings: [String: Any]!
    open var alwaysDiscardsLateVideoFrames = true
    open func setSampleBufferDelegate(
        _ sampleBufferDelegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?,
        queue sampleBufferCallbackQueue: DispatchQueue?
    ) {}
}

public struct AVVideoCodecType: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let jpeg = AVVideoCodecType(rawValue: "jpeg")
}
public let AVVideoCodecKey = ""
public let AVVideoCompressionPropertiesKey = ""
public let AVVideoQualityKey = ""

open class AVCapturePhotoSettings: NSObject {
    public convenience init(format: [String: Any]?) { self.init() }
}

open class AVCapturePhoto: NSObject {
    open func fileDataRepresentation() -> Data? { nil }
}

public protocol AVCapturePhotoCaptureDelegate: NSObjectProtocol {
    func photoOutput(
        _ output: AVCapturePhotoOutput,
        didFinishProcessingPhoto photo: AVCapturePhoto,
        error: (any Error)?
    )
}

open class AVCapturePhotoOutput: AVCaptureOutput {
    public override init() { super.init() }
    open func capturePhoto(with settings: AVCapturePhotoSettings, delegate: any AVCapturePhotoCaptureDelegate) {}
}

// Of Foundation, which observes any object of Objective-C so; Linux has none.
public class NSKeyValueObservation: NSObject {
    public func invalidate() {}
}
public struct NSKeyValueObservingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
}
public struct NSKeyValueObservedChange<Value> {}
extension AVCaptureDevice.RotationCoordinator {
    public func observe<Value>(
        _ keyPath: KeyPath<AVCaptureDevice.RotationCoordinator, Value>,
        options: NSKeyValueObservingOptions = [],
        changeHandler: @escaping (AVCaptureDevice.RotationCoordinator, NSKeyValueObservedChange<Value>) -> Void
    ) -> NSKeyValueObservation { NSKeyValueObservation() }
}

public struct AVError: Error {
    public enum Code: Int, Sendable {
        case unknown, mediaServicesWereReset, applicationIsNotAuthorizedToUseDevice, deviceInUseByAnotherApplication
        case deviceAlreadyUsedByAnotherSession, deviceWasDisconnected, sessionWasInterrupted
    }
    public var code: AVError.Code
}

// CoreMedia and CoreVideo.

public final class CMSampleBuffer {}
public class CVBuffer {}
public typealias CVImageBuffer = CVBuffer
public typealias CVPixelBuffer = CVImageBuffer
public typealias CVReturn = Int32

public var kCVReturnSuccess: CVReturn { 0 }
public let kCVPixelBufferPixelFormatTypeKey: CFString = ""
public var kCVPixelFormatType_420YpCbCr8BiPlanarFullRange: UInt32 { 0 }

public struct CVPixelBufferLockFlags: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static var readOnly: CVPixelBufferLockFlags { CVPixelBufferLockFlags(rawValue: 1) }
}

public func CMSampleBufferGetImageBuffer(_ sbuf: CMSampleBuffer) -> CVImageBuffer? { nil }
@discardableResult
public func CVPixelBufferLockBaseAddress(
    _ pixelBuffer: CVPixelBuffer,
    _ lockFlags: CVPixelBufferLockFlags
) -> CVReturn { 0 }
@discardableResult
public func CVPixelBufferUnlockBaseAddress(
    _ pixelBuffer: CVPixelBuffer,
    _ unlockFlags: CVPixelBufferLockFlags
) -> CVReturn { 0 }
public func CVPixelBufferGetBaseAddressOfPlane(
    _ pixelBuffer: CVPixelBuffer,
    _ planeIndex: Int
) -> UnsafeMutableRawPointer? { nil }
public func CVPixelBufferGetWidthOfPlane(_ pixelBuffer: CVPixelBuffer, _ planeIndex: Int) -> Int { 0 }
public func CVPixelBufferGetHeightOfPlane(_ pixelBuffer: CVPixelBuffer, _ planeIndex: Int) -> Int { 0 }
public func CVPixelBufferGetBytesPerRowOfPlane(_ pixelBuffer: CVPixelBuffer, _ planeIndex: Int) -> Int { 0 }
