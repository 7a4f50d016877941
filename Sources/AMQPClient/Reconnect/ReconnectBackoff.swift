/// How long to wait before the next attempt to connect: full jitter over a doubling ceiling.
///
/// The ceiling starts at `base` and doubles with every attempt up to `limit`; the pause is drawn evenly from zero to
/// the ceiling, so that many clients do not come back in step.
public struct ReconnectBackoff: Sendable, Hashable {
    /// The ceiling of the first pause.
    public let base: Duration
    /// The ceiling that is never passed.
    public let limit: Duration
    /// How many attempts have failed since the last success.
    public private(set) var failures: UInt32 = 0

    /// A backoff that has seen no failure yet.
    ///
    /// - Parameters:
    ///   - base: the ceiling of the first pause, from 1 ms; a lower value counts as 1 ms.
    ///   - limit: the highest ceiling; below `base` it counts as `base`, above a day as a day.
    public init(base: Duration = .milliseconds(250), limit: Duration = .seconds(30)) {
        let day = Duration.seconds(86_400)
        self.base = min(max(base, .milliseconds(1)), day)
        self.limit = min(max(limit, self.base), day)
    }

    /// The ceiling that the next pause is drawn under.
    public var ceiling: Duration {
        var ceiling = base
        var doublings = failures
        while doublings > 0 && ceiling < limit {
            ceiling *= 2
            doublings -= 1
        }
        return min(ceiling, limit)
    }

    /// Notes a failed attempt and draws the pause before the next one: from zero to ``ceiling``, both included.
    public mutating func nextPause(using generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = ceiling
        failures = failures == .max ? .max : failures + 1
        let nanoseconds = ceiling.components.seconds * 1_000_000_000 + ceiling.components.attoseconds / 1_000_000_000
        // One draw scaled down, not drawing again until it fits: no generator, however poor, can keep this from ending.
        let drawn = generator.next().multipliedFullWidth(by: UInt64(nanoseconds) + 1).high
        return .nanoseconds(Int64(drawn))
    }

    /// Notes a success: the next pause is a first pause again.
    ///
    /// Call it once the connection has proved useful, not already when it opened: a broker that accepts and then closes
    /// would otherwise be asked without pause.
    public mutating func reset() {
        failures = 0
    }
}
