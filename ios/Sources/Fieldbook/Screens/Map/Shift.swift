/// How what was drawn for one view lies in another: scaled, then moved.
public struct Shift: Sendable, Hashable {
    public let scale: Float
    public let dx: Float
    public let dy: Float

    /// The place of the screen where this place of what was drawn lies.
    public func there(x: Float, y: Float) -> (x: Float, y: Float) { (x * scale + dx, y * scale + dy) }

    /// The place in what was drawn that lies at this place of the screen.
    public func back(x: Float, y: Float) -> (x: Float, y: Float) { ((x - dx) / scale, (y - dy) / scale) }
}

extension MapList {
    /// Where this list lies in a view.
    public func shift(_ now: MapView) -> Shift {
        let scale = Float(view.metresPerPx / now.metresPerPx)
        let (x, y) = now.place(latE7: Double(view.latE7), lonE7: Double(view.lonE7))
        return Shift(
            scale: scale,
            dx: x - Float(view.widthPx) / 2 * scale,
            dy: y - Float(view.heightPx) / 2 * scale
        )
    }

    /// Whether it can be drawn for this view without a gap and without being coarse.
    public func covers(_ now: MapView) -> Bool {
        let shift = shift(now)
        let right = shift.dx + Float(view.widthPx) * shift.scale
        let bottom = shift.dy + Float(view.heightPx) * shift.scale
        return (0.71...1.41).contains(shift.scale) && shift.dx <= 0 && shift.dy <= 0
            && right >= Float(now.widthPx) && bottom >= Float(now.heightPx)
    }
}
