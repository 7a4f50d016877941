internal import RefundPolicy
internal import Synchronization

/// A browser that may look, and what its forms must say.
struct Session: Hashable, Sendable {
    let id: String
    /// Stands in each form of a page, where no other site can read it.
    let csrf: String
    /// The name that was last signed with.
    var name = ""
    var usedAt: Instant
    /// A browser has come back with it; a request that keeps no cookies never does.
    var isKept = false
}

/// The sessions of this process: they end with it, after hours of rest, or when too many others have come. Those to which
/// nobody has come back give way first, so that no flood of requests without cookies ends anybody's.
final class Sessions: Sendable {
    private let random: @Sendable () -> String
    private let sessions = Mutex<[String: Session]>([:])

    /// - Parameter random: gives texts that nobody can guess, fit for a cookie.
    init(random: @escaping @Sendable () -> String) {
        self.random = random
    }

    private static let mostSessions = 1_000
    private static let rest = Duration.seconds(12 * 3_600)

    private static func givesWay(_ one: Session, before other: Session) -> Bool {
        one.isKept == other.isKept ? (one.usedAt, one.id) < (other.usedAt, other.id) : !one.isKept
    }

    func begin(at now: Instant) -> Session {
        let session = Session(id: random(), csrf: random(), usedAt: now)
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.usedAt + Sessions.rest > now }
            if sessions.count >= Sessions.mostSessions, let least = sessions.values.min(by: Sessions.givesWay) {
                sessions[least.id] = nil
            }
            sessions[session.id] = session
        }
        return session
    }

    /// The session of that id, if it is still one.
    func find(_ id: String, at now: Instant) -> Session? {
        sessions.withLock { sessions in
            guard var session = sessions[id], session.usedAt + Sessions.rest > now else {
                sessions[id] = nil
                return nil
            }
            session.usedAt = now
            session.isKept = true
            sessions[id] = session
            return session
        }
    }

    func remember(_ name: String, in id: String) {
        sessions.withLock { $0[id]?.name = name }
    }

    func end(_ id: String) {
        sessions.withLock { $0[id] = nil }
    }

    /// As sessions are named.
    func unguessableText() -> String { random() }

    /// 256 bits as hexadecimal digits, from the system's generator.
    @Sendable static func unguessable() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
