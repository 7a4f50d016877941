public import RefundPolicy

/// How long a message may wait in the store, and how often it is tried meanwhile.
public struct ParkingTerms: Hashable, Sendable {
    /// The waits between tries.
    public var backoff: Backoff
    /// From its parking to its being given up; zero parks nothing (`worker.parking`).
    public var patience: Duration

    public init(
        backoff: Backoff = Backoff(first: .seconds(1), factor: 2, cap: .seconds(600), jitter: 0),
        patience: Duration = .seconds(2 * 3_600)
    ) {
        self.backoff = backoff
        self.patience = patience
    }

    /// When to try once more; the last time at the end of the patience.
    ///
    /// - Parameter attempts: how often it was tried, from 1.
    /// - Returns: `nil` when the patience is over.
    func nextTry(after attempts: Int, parkedAt: Instant, now: Instant) -> Instant? {
        let end = parkedAt + patience
        guard now < end else { return nil }
        return min(end, now + backoff.wait(beforeAttempt: attempts + 1, random: 0.5))
    }
}
