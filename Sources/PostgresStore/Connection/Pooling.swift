import RefundPolicy
import RefundWorker

/// Whether something hands this program's sessions on to others between it and the server.
public enum Pooling: Hashable, Sendable {
    case direct
    /// A pooler that gives a client a session of the server for as long as it is connected.
    case keepingSessions
    /// A pooler that gives a client another session with each transaction: what is set, locked and prepared in one is
    /// lost to the client, and met by others.
    case sharingSessions
}

extension Pooling {
    /// How often both connections are looked at. A pooler gives out the session that came back last, or the one that
    /// came back first: one of the two shows it at once where nobody else is, and within a few looks where others are.
    private static let looks = 4
    /// How long a second connection may wait for a session: a pooler that keeps sessions may have none left.
    private static let patience: Duration = .seconds(2)

    /// Asks which process of the server answers: a pooler tells its clients another than the real one, and one that
    /// shares sessions lets two clients meet in one process, or one client move between two.
    ///
    /// - Parameters:
    ///   - process: that of `connection`, as the server says.
    ///   - another: opens a second connection in the same way.
    static func look(
        at connection: Connection, process: Int64, another: () throws(ConnectionRefusal) -> Connection
    ) throws(PostgresFailure) -> Pooling {
        guard process != connection.toldProcess else { return .direct }
        var second = try? another()
        for _ in 0..<looks {
            if let other = second {
                let met = try? self.process(of: other, within: patience)
                if met == process { return .sharingSessions }
                if met == nil { second = nil }
            }
            if try self.process(of: connection, within: Session.patience) != process { return .sharingSessions }
        }
        return .keepingSessions
    }

    static func process(of connection: Connection, within patience: Duration) throws(PostgresFailure) -> Int64 {
        try connection.exchange(.run("SELECT pg_backend_pid()::bigint"), within: patience).first { $0.integer(0) } ?? 0
    }

    static var refusal: StoreError {
        StoreError(
            .incompatible, operation: "connect",
            problem: "a pooler between here and PostgreSQL gives out another session with each transaction: the "
                + "worker's time limits, locks and prepared statements would be lost, and be met by others",
            remedy: "set pool_mode = session for this database in PgBouncer ([databases]), or name the server itself "
                + "in store.url; a worker needs one session for each lane, and one more")
    }
}
