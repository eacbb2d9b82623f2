/// Gathers readings while the device stands still; the core makes one point of them.
struct Meter {
    private var readings: [Fix] = []

    /// The point so far; none while there is no reading.
    private(set) var now: Average?

    private static let walkMps: Float = 1
    private static let gapMs: Int64 = 30_000
    private static let readingsMost = 60

    /// What was read so far is not of the next place.
    mutating func forget() {
        readings = []
        now = nil
    }

    /// One more thing was told of the place.
    mutating func hear(_ standing: Standing) {
        guard let reading = standing.reading, let fix = standing.fix else { return forget() }
        // Who walks has left the place that the earlier readings are of; who was away for long, too.
        let walks = (reading.speedMps ?? 0) > Self.walkMps
        let away = readings.last.map { !(0...Self.gapMs).contains(fix.atMs - $0.atMs) } ?? false
        if walks || away { readings = [] }
        readings.append(fix)
        if readings.count > Self.readingsMost { readings.removeFirst() }
        now = average(readings)
    }
}
