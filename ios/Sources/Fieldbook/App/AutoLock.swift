import Observation

/// Closes the screens behind the PIN when nobody has looked at them for long: the app left, or the display off.
/// The field book stays open in the process, so that sync goes on; `now` never goes back and runs while the phone sleeps.
@MainActor @Observable
public final class AutoLock {
    private let now: () -> ContinuousClock.Instant
    private var leftAt: ContinuousClock.Instant?

    /// Whether the PIN is asked before anything is shown.
    public private(set) var locked = false

    public init(now: @escaping () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Nobody looks any more; told again, it is as long as since the first time.
    public func left() { leftAt = leftAt ?? now() }

    /// Somebody looks again.
    public func cameBack() {
        if let leftAt, now() - leftAt >= .milliseconds(pinLimits.askedAfterMs) { locked = true }
        leftAt = nil
    }

    /// The PIN was right.
    func unlocked() { locked = false }
}
