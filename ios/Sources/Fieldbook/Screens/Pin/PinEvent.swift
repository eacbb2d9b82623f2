public enum PinEvent: Sendable {
    case digit(Int)
    case erase
    case goOn

    /// Lets the face or finger type the PIN that is kept.
    case quick
}
