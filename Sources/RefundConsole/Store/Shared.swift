internal import RefundPolicy
internal import Synchronization

/// What several pages show within a few seconds is asked for once.
final class Shared<Value: Sendable>: Sendable {
    private let age: Duration
    private let known = Mutex<(value: Value, at: Instant)?>(nil)

    /// - Parameter age: how old a value may be.
    init(for age: Duration) {
        self.age = age
    }

    /// The value of a moment ago, or a new one.
    func value(at now: Instant, make: () async throws -> Value) async throws -> Value {
        if let known = known.withLock({ $0 }), known.at <= now, now < known.at + age { return known.value }
        let value = try await make()
        known.withLock { $0 = (value, now) }
        return value
    }
}
