/// Longest recording, seconds: what is said at a door, not a hearing.
public let recordingLongestS = 5 * 60

/// Why nothing is recorded. Each wants something else of the person.
public enum RecorderTrouble: Sendable, Hashable {
    /// The person has not allowed it.
    case notAllowed

    /// It does not work, or another app has the microphone.
    case broken
}

/// Hears what becomes of a recording: one of the two, once.
@MainActor
public protocol RecorderHeard: AnyObject {
    /// The whole of it.
    func recorded(_ sound: [UInt8])

    func failed(_ trouble: RecorderTrouble)
}

/// A recording that runs.
@MainActor
public protocol Recording: AnyObject {
    /// Ends it; what was recorded comes to ``RecorderHeard/recorded(_:)``.
    func finish()
}

/// A recording that is heard.
@MainActor
public protocol Playing: AnyObject {
    func close()
}

/// The microphone and the loudspeaker.
@MainActor
public protocol Recorder: AnyObject {
    /// Records until it is finished, at most ``recordingLongestS``.
    func record(_ heard: any RecorderHeard) -> any Recording

    /// Plays a recording until its end, which `ended` hears, or until it is closed.
    func play(_ sound: [UInt8], ended: @escaping @MainActor () -> Void) -> any Playing
}
