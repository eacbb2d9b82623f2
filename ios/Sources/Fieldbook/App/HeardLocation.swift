/// The receiver, overheard: the satellites' time goes to the field book, so that changes carry it.
@MainActor
final class HeardLocation: Location {
    private let location: any Location
    private let hear: (Int64) -> Void

    /// A time that was heard longer ago is of no use.
    private static let old = Duration.seconds(10)

    init(_ location: any Location, hear: @escaping (Int64) -> Void) {
        self.location = location
        self.hear = hear
    }

    var developerOptions: Bool { location.developerOptions }

    func standing() -> AsyncStream<Standing> {
        let (stream, continuation) = AsyncStream<Standing>.makeStream()
        let following = Task {
            for await standing in location.standing() {
                listen(standing)
                continuation.yield(standing)
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in following.cancel() }
        return stream
    }

    private func listen(_ standing: Standing) {
        guard let gnss = standing.reading?.gnss else { return }
        let age = ContinuousClock.now - gnss.heardAt
        if age >= .zero, age <= Self.old { hear(gnss.ms + age.ms) }
    }
}

extension Duration {
    /// In whole milliseconds.
    var ms: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
