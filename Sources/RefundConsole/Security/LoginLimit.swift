internal import RefundPolicy
internal import Synchronization

/// How often wrong tokens may be tried: a few times a minute from one address, and not much more from all together.
final class LoginLimit: Sendable {
    private let failures = Mutex<[(peer: String, at: Instant)]>([])

    static let perPeer = 5
    static let together = 50
    static let window = Duration.seconds(60)

    /// Whether an address may try once more.
    func allows(_ peer: String, at now: Instant) -> Bool {
        failures.withLock { failures in
            failures.removeAll { $0.at + LoginLimit.window <= now }
            return failures.count < LoginLimit.together && failures.count { $0.peer == peer } < LoginLimit.perPeer
        }
    }

    func noteFailure(of peer: String, at now: Instant) {
        failures.withLock { failures in
            if failures.count < LoginLimit.together { failures.append((peer, now)) }
        }
    }
}
