public enum MapEvent: Sendable {
    /// The map has this many pixels.
    case sized(width: Int, height: Int)

    /// Moved by so many pixels and made larger about a point of the screen.
    case moved(dx: Float, dy: Float, zoom: Float, x: Float, y: Float)
    case zoomed(by: Float)

    /// Goes where the device is.
    case here
    case touched(x: Float, y: Float, within: Float)

    /// What was touched has been seen.
    case unpicked
    case shows(MapStanding)
    case showsDrafts

    /// Draws what is of one type; all for none.
    case only(Int?)
}
