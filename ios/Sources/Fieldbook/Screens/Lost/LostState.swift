/// Why the field book does not open, and what was done about it. `code` is a trouble's code, or `pin_forgotten`.
public struct LostState: Sendable {
    public var code: String
    /// The part packed so far, 0 to 1, while the rescue file is made.
    public var packing: Float?
    /// Asked once more before a new one is made.
    public var sure = false
    public var trouble: Trouble?
}
