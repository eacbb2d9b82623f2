import AVFoundation
import Fieldbook
import UIKit

/// The camera through AVFoundation alone.
@MainActor
final class DeviceCamera: Camera {
    func open(_ shot: Shot, heard: any CameraHeard) -> any CameraSession { DeviceCameraSession(shot, heard) }
}

/// What the screens hold of an open camera; the work is done by ``Capture`` on threads of its own.
@MainActor
private final class DeviceCameraSession: ViewedSession {
    private let capture: Capture
    private let preview: CameraPreview

    let aspect: Float

    init(_ shot: Shot, _ heard: any CameraHeard) {
        capture = Capture(shot, heard)
        // Each of the two sizes has one shape.
        aspect = shot == .frames ? 9 / 16 : 3 / 4
        preview = CameraPreview(capture.session)
        capture.open { [weak preview] in preview?.turn() }
    }

    var view: UIView { preview }

    func torch(_ on: Bool) { capture.torch(on) }

    func take() { capture.take() }

    func close() { capture.close() }
}

/// Draws what the camera sees, upright however the device is held.
private final class CameraPreview: UIView {
    private let drawn: AVCaptureVideoPreviewLayer
    private let upright: AVCaptureDevice.RotationCoordinator?
    private var turning: NSKeyValueObservation?

    init(_ session: AVCaptureSession) {
        drawn = AVCaptureVideoPreviewLayer(session: session)
        upright = theCamera().map { [drawn] in .init(device: $0, previewLayer: drawn) }
        super.init(frame: .zero)
        drawn.videoGravity = .resizeAspect
        layer.addSublayer(drawn)
        turning = upright?.observe(\.videoRotationAngleForHorizonLevelPreview) { @Sendable [weak self] _, _ in
            DispatchQueue.main.async { MainActor.assumeIsolated { self?.turn() } }
        }
    }

    /// Turns the picture as the device is held now. Before the camera runs there is nothing to turn.
    func turn() {
        guard let upright, let connection = drawn.connection else { return }
        let angle = upright.videoRotationAngleForHorizonLevelPreview
        if connection.isVideoRotationAngleSupported(angle) { connection.videoRotationAngle = angle }
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) { preconditionFailure("made by hand alone") }

    override func layoutSubviews() {
        super.layoutSubviews()
        drawn.frame = bounds
    }
}

/// A capture session. All of it happens on `queue`, frames are heard on `frames`; `end` is final, from whatever side it
/// comes, and what is told is told on the main thread in its order.
private final class Capture: NSObject, @unchecked Sendable {
    let session = AVCaptureSession()

    private let shot: Shot
    private let heard: any CameraHeard
    private let queue = DispatchQueue(label: "org.gridweave.camera")
    private let frames = DispatchQueue(label: "org.gridweave.camera.frames")
    private let photo = AVCapturePhotoOutput()
    private var device: AVCaptureDevice?
    private var upright: AVCaptureDevice.RotationCoordinator?
    private var watching: [any NSObjectProtocol] = []
    private var shown: @MainActor @Sendable () -> Void = {}

    private let lock = NSLock()
    private var isOver = false

    init(_ shot: Shot, _ heard: any CameraHeard) {
        self.shot = shot
        self.heard = heard
    }

    /// `shown` each time the picture begins to move.
    func open(shown: @escaping @MainActor @Sendable () -> Void) {
        queue.async { [self] in
            guard !over else { return }
            self.shown = shown
            do {
                try begin()
            } catch {
                fail(troubleOf(error))
            }
        }
    }

    func torch(_ on: Bool) {
        queue.async { [self] in
            let mode: AVCaptureDevice.TorchMode = on ? .on : .off
            guard let device, device.isTorchModeSupported(mode) else { return }
            guard (try? device.lockForConfiguration()) != nil else { return }
            device.torchMode = mode
            device.unlockForConfiguration()
        }
    }

    func take() {
        queue.async { [self] in
            guard !over, session.isRunning, let connection = photo.connection(with: .video) else { return }
            let angle = upright?.videoRotationAngleForHorizonLevelCapture ?? 0
            if connection.isVideoRotationAngleSupported(angle) { connection.videoRotationAngle = angle }
            let format: [String: Any] = [
                AVVideoCodecKey: AVVideoCodecType.jpeg,
                AVVideoCompressionPropertiesKey: [AVVideoQualityKey: Self.quality],
            ]
            photo.capturePhoto(with: AVCapturePhotoSettings(format: format), delegate: self)
        }
    }

    func close() {
        _ = end()
        queue.async { [self] in letGo() }
    }

    /// Before what is kept is made of it.
    private static let quality = 0.92

    private func begin() throws {
        switch AVCaptureDevice.authorizationStatus(for: .video) {
        case .authorized: break
        case .restricted: throw Refused(.forbidden)
        default: throw Refused(.notAllowed)
        }
        guard let device = theCamera() else { throw Refused(.none) }
        self.device = device
        upright = AVCaptureDevice.RotationCoordinator(device: device, previewLayer: nil)
        try connect(device)
        watch()
        session.startRunning()
        // One that another app holds tells so by an interruption, and when it is over.
        if session.isInterrupted { return }
        guard session.isRunning else { throw Refused(.broken) }
        ready()
    }

    private func ready() {
        let light = device?.hasTorch == true
        tell { [shown] in
            shown()
            $0.ready(torch: light)
        }
    }

    private func connect(_ device: AVCaptureDevice) throws {
        session.beginConfiguration()
        defer { session.commitConfiguration() }
        // Enough for codes and for the eye; or the whole picture.
        let size: AVCaptureSession.Preset = shot == .frames ? .hd1280x720 : .photo
        if session.canSetSessionPreset(size) { session.sessionPreset = size }
        let input = try AVCaptureDeviceInput(device: device)
        guard session.canAddInput(input) else { throw Refused(.broken) }
        session.addInput(input)
        let output: AVCaptureOutput = shot == .frames ? lumaOutput() : photo
        guard session.canAddOutput(output) else { throw Refused(.broken) }
        session.addOutput(output)
    }

    /// As the camera sees them, not turned: a code is read whichever way it lies.
    private func lumaOutput() -> AVCaptureOutput {
        let output = AVCaptureVideoDataOutput()
        output.videoSettings = [
            kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange
        ]
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: frames)
        return output
    }

    private func watch() {
        watch(AVCaptureSession.wasInterruptedNotification) { capture, note in
            let why = (note.userInfo?[AVCaptureSessionInterruptionReasonKey] as? NSNumber)?.intValue
            guard let trouble = troubleOf(interruption: why) else { return }
            capture.queue.async { capture.fail(trouble) }
        }
        watch(AVCaptureSession.interruptionEndedNotification) { capture, _ in
            capture.queue.async { capture.ready() }
        }
        watch(AVCaptureSession.runtimeErrorNotification) { capture, note in
            let trouble = troubleOf(note.userInfo?[AVCaptureSessionErrorKey] as? any Error)
            capture.queue.async { capture.fail(trouble) }
        }
    }

    private func watch(_ name: Notification.Name, _ heard: @escaping @Sendable (Capture, Notification) -> Void) {
        let watch = NotificationCenter.default.addObserver(forName: name, object: session, queue: nil) {
            @Sendable [weak self] note in
            if let self { heard(self, note) }
        }
        watching.append(watch)
    }

    private func fail(_ trouble: CameraTrouble) {
        letGo()
        guard end() else { return }
        DispatchQueue.main.async { [heard] in MainActor.assumeIsolated { heard.failed(trouble) } }
    }

    private func letGo() {
        for watch in watching { NotificationCenter.default.removeObserver(watch) }
        watching = []
        if session.isRunning { session.stopRunning() }
        for input in session.inputs { session.removeInput(input) }
        for output in session.outputs { session.removeOutput(output) }
        device = nil
        upright = nil
    }

    private func tell(_ word: @escaping @MainActor @Sendable (any CameraHeard) -> Void) {
        DispatchQueue.main.async { [self] in
            MainActor.assumeIsolated {
                if !over { word(heard) }
            }
        }
    }

    private var over: Bool { lock.withLock { isOver } }

    /// Ends it; whether it had not ended before.
    private func end() -> Bool {
        lock.withLock {
            defer { isOver = true }
            return !isOver
        }
    }
}

extension Capture: AVCaptureVideoDataOutputSampleBufferDelegate {
    func captureOutput(
        _ output: AVCaptureOutput,
        didOutput sampleBuffer: CMSampleBuffer,
        from connection: AVCaptureConnection
    ) {
        guard !over, let picture = CMSampleBufferGetImageBuffer(sampleBuffer) else { return }
        guard let frame = Frame(picture) else { return }
        heard.frame(frame)
    }
}

extension Capture: AVCapturePhotoCaptureDelegate {
    func photoOutput(
        _ output: AVCapturePhotoOutput,
        didFinishProcessingPhoto photo: AVCapturePhoto,
        error: (any Error)?
    ) {
        if error == nil, let jpeg = photo.fileDataRepresentation() {
            let bytes = [UInt8](jpeg)
            return tell { $0.picture(bytes) }
        }
        let trouble = troubleOf(error)
        queue.async { [self] in fail(trouble) }
    }
}

private func theCamera() -> AVCaptureDevice? {
    .default(.builtInWideAngleCamera, for: .video, position: .back) ?? .default(for: .video)
}

extension Frame {
    /// The bright part of a picture in two planes, copied out of it.
    fileprivate init?(_ picture: CVPixelBuffer) {
        guard CVPixelBufferLockBaseAddress(picture, .readOnly) == kCVReturnSuccess else { return nil }
        defer { CVPixelBufferUnlockBaseAddress(picture, .readOnly) }
        guard let start = CVPixelBufferGetBaseAddressOfPlane(picture, 0) else { return nil }
        let (width, height) = (CVPixelBufferGetWidthOfPlane(picture, 0), CVPixelBufferGetHeightOfPlane(picture, 0))
        let rowStride = CVPixelBufferGetBytesPerRowOfPlane(picture, 0)
        guard width > 0, height > 0, rowStride >= width else { return nil }
        // The last row ends with its last pixel.
        let luma = [UInt8](UnsafeRawBufferPointer(start: start, count: rowStride * (height - 1) + width))
        self.init(luma: luma, width: width, height: height, rowStride: rowStride)
    }
}

/// Why the camera was not opened.
private struct Refused: Error {
    let trouble: CameraTrouble

    init(_ trouble: CameraTrouble) { self.trouble = trouble }
}

private func troubleOf(_ error: (any Error)?) -> CameraTrouble {
    if let refused = error as? Refused { return refused.trouble }
    return switch (error as? AVError)?.code {
    case .applicationIsNotAuthorizedToUseDevice: .notAllowed
    case .deviceInUseByAnotherApplication, .deviceAlreadyUsedByAnotherSession: .inUse
    case .mediaServicesWereReset, .deviceWasDisconnected, .sessionWasInterrupted: .disconnected
    default: .broken
    }
}

/// Nothing for the app that was left: the session goes on when the person is back.
private func troubleOf(interruption why: Int?) -> CameraTrouble? {
    switch why.flatMap(AVCaptureSession.InterruptionReason.init(rawValue:)) {
    case .videoDeviceNotAvailableInBackground: nil
    case .videoDeviceInUseByAnotherClient, .videoDeviceNotAvailableWithMultipleForegroundApps: .inUse
    default: .disconnected
    }
}
