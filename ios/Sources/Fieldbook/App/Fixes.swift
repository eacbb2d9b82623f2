extension Standing {
    /// The reading as the core takes it; none while there is none, and for one that is no place on earth.
    var fix: Fix? {
        guard let reading, reading.isPlace else { return nil }
        return Fix(
            latE7: Int((reading.latitude * 1e7).rounded()),
            lonE7: Int((reading.longitude * 1e7).rounded()),
            accuracyDm: Int((reading.accuracyM * 10).rounded()),
            satellites: reading.satellites,
            mock: reading.mock,
            atMs: reading.atMs
        )
    }
}
