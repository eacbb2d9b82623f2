extension Standing {
    /// The reading as the core takes it; none while there is none.
    var fix: Fix? {
        reading.map {
            Fix(
                latE7: Int(($0.latitude * 1e7).rounded()),
                lonE7: Int(($0.longitude * 1e7).rounded()),
                accuracyDm: Int(($0.accuracyM * 10).rounded()),
                satellites: $0.satellites,
                mock: $0.mock,
                atMs: $0.atMs
            )
        }
    }
}
