internal import GridweaveFFI

/// One point out of the readings of a device that stands still, in the order they came; none of none.
public func average(_ readings: [Fix]) -> Average? {
    averageFixes(readings: readings.map { $0.theirs() }).map { told in
        let fix = Fix(
            latE7: Int(told.fix.point.latE7),
            lonE7: Int(told.fix.point.lonE7),
            accuracyDm: Int(told.fix.accuracyDm),
            satellites: told.fix.provider == .gnss,
            mock: told.fix.mock,
            atMs: told.fix.atMs
        )
        return Average(fix: fix, used: Int(told.used), rejected: Int(told.rejected))
    }
}
