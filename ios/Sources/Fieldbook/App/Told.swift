import Observation

/// A value that many follow: each hears what it is now, and whenever it becomes another.
@MainActor @Observable
public final class Told<Value: Sendable & Equatable> {
    @ObservationIgnored private var followers: [Int: AsyncStream<Value>.Continuation] = [:]
    @ObservationIgnored private var count = 0

    public var value: Value {
        didSet {
            guard value != oldValue else { return }
            for follower in followers.values { follower.yield(value) }
        }
    }

    public init(_ value: Value) { self.value = value }

    /// What it is now and becomes, until the following task ends.
    public func follow() -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream<Value>.makeStream()
        count += 1
        let me = count
        followers[me] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { @MainActor in self?.followers[me] = nil }
        }
        continuation.yield(value)
        return stream
    }
}
