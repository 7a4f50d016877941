public import RefundPolicy

/// How much may wait in the store. What is over it becomes dead letters (`parking_full`), the oldest first: whoever sends
/// much about requests that never come must fill neither the disk nor the time of others.
public struct ParkingRoom: Hashable, Sendable {
    /// Messages in all (`worker.parking_limit`).
    public var messages: Int
    /// Bytes in all, of bodies and what came with them (`worker.parking_size`).
    public var bytes: Int
    /// Messages about one request: all of them are looked at when one more comes, or their request.
    public var messagesOfOne: Int

    public init(messages: Int = 10_000, bytes: Int = 64 << 20, messagesOfOne: Int = 100) {
        self.messages = messages
        self.bytes = bytes
        self.messagesOfOne = messagesOfOne
    }
}

/// How long a message may wait in the store, and how often it is tried meanwhile.
public struct ParkingTerms: Hashable, Sendable {
    /// The waits between tries.
    public var backoff: Backoff
    /// From its parking to its being given up; zero parks nothing (`worker.parking`).
    public var patience: Duration
    /// How much may wait at a time.
    public var room: ParkingRoom

    public init(
        backoff: Backoff = Backoff(first: .seconds(1), factor: 2, cap: .seconds(600), jitter: 0),
        patience: Duration = .seconds(2 * 3_600), room: ParkingRoom = ParkingRoom()
    ) {
        self.backoff = backoff
        self.patience = patience
        self.room = room
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
