public enum PinEvent: Sendable {
    case digit(Int)
    case erase
    case goOn
}
