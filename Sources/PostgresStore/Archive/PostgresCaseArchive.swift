import RefundCase
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Moves finished cases out of a PostgreSQL store while workers have it. A case that a worker is at is left alone.
///
/// Makes no tables, and leaves upgrades to the workers. Not `Sendable`: the connection is used without a lock.
public final class PostgresCaseArchive: CaseArchive {
    private var session: Session?
    private var policies = PolicyRows()
    private let decoder = InboundDecoder()

    /// - Throws: `StoreError` `.unavailable` when no server answers that takes writes, `.incompatible` when it has no
    ///   store of this version.
    public init(_ location: PostgresLocation) throws(StoreError) {
        let opened = try Session(location, purpose: .archiving)
        try Migrator(session: opened, migrations: Migration.all).check()
        try opened.limit(for: .archiving)
        try opened.prepare(PolicyRows.statements)
        session = opened
    }

    /// Ends the archive. Every later call throws.
    public func close() {
        session = nil
    }

    public func finishedCases(
        before cutoff: Instant, after place: CaseID?, lookingAt limit: Int
    ) throws(StoreError) -> FinishedCases {
        try using("read") { connection in
            var found = FinishedCases()
            var finished: [(id: CaseID, requestID: RequestID?)] = []
            let stretch = try connection.exchange(
                .run(PostgresCaseArchive.look) { values in
                    values.add(cutoff)
                    values.add(place?.number ?? 0)
                    values.add(max(1, limit))
                }, within: Session.readingPatience)
            for row in stretch.rows {
                if row.boolean(3) { finished.append((CaseID(row.integer(0)), RequestID(row.text(1)))) }
            }
            for (id, requestID) in finished {
                do {
                    let histories = HistoryReading(connection: connection, decoder: decoder)
                    if let history = try histories.history(of: id, policies: &policies) { found.cases.append(history) }
                } catch is DeadLetterReason {
                    if let requestID { found.unreadable.append(requestID) }
                }
            }
            let rows = stretch.map { (id: CaseID($0.integer(0)), isOld: $0.boolean(2)) }
            found.next = rows.contains(where: \.isOld) ? rows.last?.id : nil
            return found
        }
    }

    public func remove(_ cases: [CaseRemoval]) throws(StoreError) -> Bool {
        guard !cases.isEmpty else { return true }
        return try using("write") { connection in
            defer { session?.rollBack() }
            // Locked first, so that what is then looked at can't change: a statement sees what is there when it begins.
            let locked = try connection.exchange(
                [
                    .run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
                    .run(PostgresCaseArchive.lock) { $0.add(.bigint, cases) { $1.add($0.id.number) } },
                    .run(PostgresCaseArchive.unchanged) { values in
                        values.add(.bigint, cases) { $1.add($0.id.number) }
                        values.add(.text, cases) { $1.add($0.identity.requestID.text) }
                        values.add(.bigint, cases) { $1.add($0.eventCount) }
                    },
                ], within: Session.readingPatience)
            guard locked[1].count == cases.count, locked[2].first({ $0.integer(0) }) == Int64(cases.count) else {
                return false
            }
            let removals = PostgresCaseArchive.removals.map { sql in
                Command.run(sql) { $0.add(.bigint, cases) { $1.add($0.id.number) } }
            }
            let kept = ArchivedRows.command(adding: cases.map(\.identity))
            _ = try connection.exchange(removals + [kept, .run("COMMIT")], within: Session.readingPatience)
            return true
        }
    }

    // MARK: Statements

    /// What is asked about many cases.
    static var statements: [String] { [look, lock, unchanged] + removals }

    /// The numbers that events and messages of the case `c` may have (`RowNumber`).
    ///
    /// Each statement looks them up case by case, and says `OFFSET 0` where the planner would make a join by a range of it,
    /// for which it reads the whole of a large table.
    private static let rows = "(c.id << \(RowNumber.placeBits)) AND ((c.id + 1) << \(RowNumber.placeBits)) - 1"

    private static let isFinished = """
        c.status IN ('rejected', 'settled', 'withdrawn') AND c.due_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.id BETWEEN \(rows) AND m.next_at IS NOT NULL OFFSET 0)
        AND NOT EXISTS (SELECT 1 FROM parked AS p WHERE p.request_id = c.request_id)
        """

    private static let latestEvent = "(SELECT max(e.id) FROM events AS e WHERE e.id BETWEEN \(rows))"

    /// A stretch of case numbers, which grow with time, so that no index is needed.
    private static let look = """
        SELECT c.id, c.request_id, c.opened_at < $1::bigint,
            c.opened_at < $1::bigint AND \(isFinished)
            AND (SELECT at FROM events WHERE id = \(latestEvent)) < $1::bigint
        FROM (SELECT * FROM cases WHERE id > $2::bigint ORDER BY id LIMIT $3::bigint) AS c ORDER BY c.id
        """

    private static let lock = "SELECT id FROM cases WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED"

    private static let unchanged = """
        SELECT count(*) FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS n (id, request_id, events)
        JOIN cases AS c ON c.id = n.id AND c.request_id = n.request_id
        WHERE \(isFinished) AND \(latestEvent) = (c.id << \(RowNumber.placeBits)) + n.events - 1
        """

    private static let removals =
        ["events", "messages"].map { table in
            """
            DELETE FROM \(table) WHERE id IN (
                SELECT r.id FROM unnest($1::bigint[]) AS c (id)
                CROSS JOIN LATERAL (SELECT t.id FROM \(table) AS t WHERE t.id BETWEEN \(rows) OFFSET 0) AS r
            )
            """
        } + ["DELETE FROM words WHERE case_id = ANY($1::bigint[])", "DELETE FROM cases WHERE id = ANY($1::bigint[])"]

    private func using<Value>(_ operation: String, _ body: (Connection) throws -> Value) throws(StoreError) -> Value {
        guard let session else {
            throw StoreError(
                .unavailable, operation: operation, problem: "the archive was closed", remedy: "open it again")
        }
        do {
            return try interruptible(operation) { try body(session.connection) }
        } catch {
            throw error.storeError
        }
    }
}
