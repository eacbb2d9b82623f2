import Observation

/// Closes the screens behind the PIN when nobody has looked at them for long: the app left, or the display off.
/// The field book stays open in the process, so that sync goes on; `now` never goes back and runs while the phone sleeps.
@MainActor @Observable
public final class AutoLock {
    private let now: () -> ContinuousClock.Instant
    private var leftAt: ContinuousClock.Instant?

    /// Whether the PIN is asked before anything is shown.
    public private(set) var locked = false
    /// How often it locked.
    private(set) var times = 0

    public init(now: @escaping () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Nobody looks any more; told again, it is as long as since the first time.
    public func left() { leftAt = leftAt ?? now() }

    /// Somebody looks again.
    public func cameBack() {
        if let leftAt, now() - leftAt >= .milliseconds(pinLimits.askedAfterMs) {
            locked = true
            times += 1
        }
        leftAt = nil
    }

    /// The PIN was right that was typed when it had locked so often. One from before it locked again opens nothing: somebody
    /// else may hold the phone by now.
    func unlocked(_ asked: Int) { if asked == times { locked = false } }
}
