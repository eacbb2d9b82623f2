/// What the PIN is asked for.
public enum PinTask: Sendable { case enter, set, change }

/// What is typed now.
public enum PinStep: Sendable { case current, new, again }

public struct PinState: Sendable {
    public var task: PinTask
    public var step: PinStep
    /// Digits typed so far; which ones, only the model knows.
    public var typed = 0
    public var busy = false
    /// Seconds before the next PIN is looked at.
    public var waitS: Int64 = 0
    /// Wrong ones that may still come; none where all are left.
    public var triesLeft: Int?
    /// The second new PIN was another one.
    public var differed = false
    public var done = false
    /// What could type the PIN: chosen, there, and with a PIN kept.
    public var quick: QuickKind?
    public var trouble: Trouble?

    public var mayGoOn: Bool { typed >= pinLimits.digitsLeast && !busy && waitS == 0 }
}
