import AVFoundation
import Fieldbook
import Foundation

/// Sound through AVFoundation alone. The system's recorder writes to files only; so the microphone is listened to and
/// what it says is made AAC in memory, and nothing of it lies on the disk before the field book has sealed it.
@MainActor
final class DeviceRecorder: Recorder {
    func record(_ heard: any RecorderHeard) -> any Recording {
        guard AVAudioApplication.shared.recordPermission == .granted else {
            heard.failed(.notAllowed)
            return NoRecording()
        }
        do {
            try AVAudioSession.sharedInstance().begin(.record)
            let recording = try DeviceRecording(heard)
            try recording.start()
            return recording
        } catch {
            AVAudioSession.sharedInstance().end()
            heard.failed(.broken)
            return NoRecording()
        }
    }

    func play(_ sound: [UInt8], ended: @escaping @MainActor () -> Void) -> any Playing { Player(sound, ended) }
}

extension AVAudioSession {
    fileprivate func begin(_ kind: Category) throws {
        try setCategory(kind, mode: .default, options: [])
        try setActive(true, options: [])
    }

    /// Whoever played before may go on.
    fileprivate func end() { try? setActive(false, options: .notifyOthersOnDeactivation) }
}

private final class NoRecording: Recording {
    func finish() {}
}

@MainActor
private final class DeviceRecording: Recording {
    private let heard: any RecorderHeard
    private let engine = AVAudioEngine()
    private let said: AVAudioFormat
    private let encoder: Encoder
    private var watching: [any NSObjectProtocol] = []
    private var ended = false

    init(_ heard: any RecorderHeard) throws {
        self.heard = heard
        said = engine.inputNode.outputFormat(forBus: 0)
        encoder = try Encoder(said)
    }

    func start() throws {
        watch()
        // On a thread of the engine.
        engine.inputNode.installTap(onBus: 0, bufferSize: 4_096, format: said) {
            @Sendable [encoder, weak self] buffer, _ in
            guard encoder.take(buffer) else { return }
            DispatchQueue.main.async { [weak self] in MainActor.assumeIsolated { self?.finish() } }
        }
        engine.prepare()
        do {
            try engine.start()
        } catch {
            letGo()
            throw error
        }
    }

    func finish() {
        guard !ended else { return }
        ended = true
        letGo()
        let sound = encoder.finish()
        // Never before the caller is done with what it does.
        Task { [heard] in
            if sound.isEmpty { heard.failed(.broken) } else { heard.recorded(sound) }
        }
    }

    /// A call, another app, another microphone or a dead service of sound ends it; what came before is kept.
    private func watch() {
        watch(AVAudioSession.interruptionNotification) { recording, why in
            if why == AVAudioSession.InterruptionType.began.rawValue { recording.finish() }
        }
        watch(AVAudioSession.mediaServicesWereResetNotification) { recording, _ in recording.finish() }
        // The engine has stopped by itself where it is its own microphone that changed.
        watch(.AVAudioEngineConfigurationChange) { recording, _ in
            if !recording.engine.isRunning { recording.finish() }
        }
    }

    private func watch(
        _ name: Notification.Name,
        _ heard: @escaping @MainActor @Sendable (DeviceRecording, UInt?) -> Void
    ) {
        let watch = NotificationCenter.default.addObserver(forName: name, object: nil, queue: .main) {
            @Sendable [weak self] note in
            let why = (note.userInfo?[AVAudioSessionInterruptionTypeKey] as? NSNumber)?.uintValue
            MainActor.assumeIsolated {
                if let self { heard(self, why) }
            }
        }
        watching.append(watch)
    }

    private func letGo() {
        for watch in watching { NotificationCenter.default.removeObserver(watch) }
        watching = []
        engine.inputNode.removeTap(onBus: 0)
        engine.stop()
        AVAudioSession.sharedInstance().end()
    }
}

/// Makes AAC of what the microphone says; used by the engine's thread, then by who ends it.
private final class Encoder: @unchecked Sendable {
    private let lock = NSLock()
    private let converter: AVAudioConverter
    private let aac: AVAudioFormat
    private let adts: Adts
    private var sound: [UInt8] = []
    private var framesLeft: Int
    private var closed = false

    private static let bitsPerS = 48_000
    private static let packets: AVAudioPacketCount = 8

    /// `said` is what the microphone says, in its own measure; it is kept in the same where that can be written down.
    init(_ said: AVAudioFormat) throws {
        let own = Int(said.sampleRate)
        let samplesPerS = Adts(samplesPerS: own) == nil ? 44_100 : own
        let settings: [String: Any] = [
            AVFormatIDKey: kAudioFormatMPEG4AAC, AVSampleRateKey: Double(samplesPerS), AVNumberOfChannelsKey: 1,
        ]
        guard own > 0, let adts = Adts(samplesPerS: samplesPerS), let aac = AVAudioFormat(settings: settings),
            let converter = AVAudioConverter(from: said, to: aac)
        else { throw NoSound() }
        let rates = (converter.applicableEncodeBitRates ?? []).map(\.intValue)
        if let rate = rates.min(by: { abs($0 - Self.bitsPerS) < abs($1 - Self.bitsPerS) }) { converter.bitRate = rate }
        self.converter = converter
        self.aac = aac
        self.adts = adts
        framesLeft = recordingLongestS * own
    }

    /// Takes what was said; whether that is as much as there may be.
    func take(_ buffer: AVAudioPCMBuffer) -> Bool {
        lock.withLock {
            guard !closed, framesLeft > 0 else { return false }
            framesLeft -= Int(buffer.frameLength)
            encode(Feed(buffer))
            return framesLeft <= 0
        }
    }

    /// All of it; nothing is taken any more.
    func finish() -> [UInt8] {
        lock.withLock {
            if !closed { encode(Feed(nil)) }
            closed = true
            defer { sound = [] }
            return sound
        }
    }

    private func encode(_ feed: Feed) {
        while true {
            let out = AVAudioCompressedBuffer(
                format: aac,
                packetCapacity: Self.packets,
                maximumPacketSize: converter.maximumOutputPacketSize
            )
            var failed: NSError?
            let status = converter.convert(to: out, error: &failed) { @Sendable _, status in feed.give(status) }
            keep(out)
            // More of it may be ready than there was room for.
            guard status == .haveData, out.packetCount > 0 else { return }
        }
    }

    private func keep(_ out: AVAudioCompressedBuffer) {
        guard let packets = out.packetDescriptions else { return }
        let bytes = UnsafeRawBufferPointer(start: out.data, count: Int(out.byteLength))
        for packet in UnsafeBufferPointer(start: packets, count: Int(out.packetCount)) {
            let start = Int(packet.mStartOffset)
            let block = bytes[start..<start + Int(packet.mDataByteSize)]
            guard let header = adts.header(bytes: block.count) else { continue }
            sound += header
            sound += block
        }
    }
}

/// Gives the converter one buffer; it asks on the thread that it was called on, again and again.
private final class Feed: @unchecked Sendable {
    private var buffer: AVAudioPCMBuffer?
    private let last: Bool

    /// None: nothing comes any more.
    init(_ buffer: AVAudioPCMBuffer?) {
        self.buffer = buffer
        last = buffer == nil
    }

    func give(_ status: UnsafeMutablePointer<AVAudioConverterInputStatus>) -> AVAudioBuffer? {
        guard let given = buffer else {
            status.pointee = last ? .endOfStream : .noDataNow
            return nil
        }
        buffer = nil
        status.pointee = .haveData
        return given
    }
}

private struct NoSound: Error {}

@MainActor
private final class Player: NSObject, Playing {
    private var player: AVAudioPlayer?
    private var ended: (@MainActor () -> Void)?
    private var watching: (any NSObjectProtocol)?

    init(_ sound: [UInt8], _ ended: @escaping @MainActor () -> Void) {
        self.ended = ended
        super.init()
        do {
            try AVAudioSession.sharedInstance().begin(.playback)
            // A bare stream does not always say by itself what it is.
            let kind = Adts.begins(sound) ? "public.aac-audio" : nil
            let player = try AVAudioPlayer(data: Data(sound), fileTypeHint: kind)
            player.delegate = self
            self.player = player
            watch()
            if !player.play() { over() }
        } catch {
            over()
        }
    }

    /// A call or another app ends it.
    private func watch() {
        watching = NotificationCenter.default.addObserver(
            forName: AVAudioSession.interruptionNotification,
            object: nil,
            queue: .main
        ) { @Sendable [weak self] note in
            let why = (note.userInfo?[AVAudioSessionInterruptionTypeKey] as? NSNumber)?.uintValue
            guard why == AVAudioSession.InterruptionType.began.rawValue else { return }
            MainActor.assumeIsolated { self?.over() }
        }
    }

    func close() {
        ended = nil
        silence()
    }

    /// Told once, and never before the caller has what it asked for.
    private func over() {
        let ended = ended
        self.ended = nil
        silence()
        Task { ended?() }
    }

    private func silence() {
        if let watching { NotificationCenter.default.removeObserver(watching) }
        watching = nil
        player?.stop()
        player = nil
        AVAudioSession.sharedInstance().end()
    }
}

extension Player: AVAudioPlayerDelegate {
    nonisolated func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool) {
        Task { @MainActor in over() }
    }

    nonisolated func audioPlayerDecodeErrorDidOccur(_ player: AVAudioPlayer, error: (any Error)?) {
        Task { @MainActor in over() }
    }
}
