import RefundPolicy

/// The store as the auditor reads it: plain SQL on the worker's file, by a connection of its own.
final class StoreLedger: AuditedStore {
    private let connection: ReadConnection
    /// Counts up with everything that may have changed the store.
    private var version = 0
    private var seen = -1
    private var due: (version: Int, acting: Int64, sending: Int64)?

    init(file: String) throws {
        connection = try ReadConnection(file: file)
    }

    func close() {
        connection.close()
    }

    /// The worker's store was really used.
    func mayHaveChanged() { version += 1 }

    /// Whether the store may have changed since this was last asked.
    func hasNews() -> Bool {
        defer { seen = version }
        return seen != version
    }

    private func rows<Value>(
        _ sql: String, _ values: [ReadConnection.Parameter] = [], orElse empty: [Value] = [],
        _ read: (ReadConnection.Row) -> Value
    ) -> [Value] {
        // A file that can't be read shows as a store that has nothing, which no check lets pass.
        (try? connection.rows(sql, values, read)) ?? empty
    }

    func hasCase(_ request: String) -> Bool {
        !rows("SELECT 1 FROM cases WHERE request_id = ?", [.text(request)], { _ in true }).isEmpty
    }

    func refusedActs() -> Set<String> {
        Set(rows("SELECT action_id FROM actions WHERE refusal_code IS NOT NULL") { $0.text(0) })
    }

    func openedAt(_ request: String) -> Instant? {
        rows("SELECT opened_at FROM cases WHERE request_id = ?", [.text(request)]) { $0.integer(0) ?? 0 }
            .first.map(Instant.init(microsecondsSinceEpoch:))
    }

    func openingBody(of request: String) -> [UInt8]? {
        rows(
            "SELECT e.body FROM cases AS c JOIN events AS e ON e.id = c.id << 16 WHERE c.request_id = ?",
            [.text(request)]
        ) { $0.bytes(0) }.first
    }

    func messageBodies(_ id: String) -> [[UInt8]] {
        rows("SELECT body FROM messages WHERE message_id = ?", [.text(id)]) { $0.bytes(0) }
    }

    func parkedMessages() -> [String] {
        rows("SELECT message_id FROM parked ORDER BY id") { $0.text(0) }
    }

    func events(of request: String, after count: Int) -> [EventRow] {
        rows(
            """
            SELECT e.at, e.kind, e.body FROM cases AS c JOIN events AS e ON e.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
            WHERE c.request_id = ? ORDER BY e.id LIMIT -1 OFFSET ?
            """, [.text(request), .integer(count)]
        ) {
            EventRow(
                at: Instant(microsecondsSinceEpoch: $0.integer(0) ?? 0), kind: $0.text(1), body: $0.bytes(2))
        }
    }

    func messages(of request: String, after count: Int) -> [SentRow] {
        rows(
            """
            SELECT m.message_id, m.type, m.created_at, m.body FROM cases AS c
            JOIN messages AS m ON m.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
            WHERE c.request_id = ? ORDER BY m.id LIMIT -1 OFFSET ?
            """, [.text(request), .integer(count)]
        ) {
            SentRow(
                id: $0.text(0), type: $0.text(1), at: Instant(microsecondsSinceEpoch: $0.integer(2) ?? 0),
                body: $0.bytes(3))
        }
    }

    func status(of request: String) -> String? {
        rows("SELECT status FROM cases WHERE request_id = ?", [.text(request)]) { $0.text(0) }.first
    }

    func waitingWithdrawals() -> Set<String> {
        Set(rows("SELECT request_id FROM parked WHERE type = 'refund.withdrawn' AND dead_at IS NULL") { $0.text(0) })
    }

    func isPaused() -> Bool { standingPause() != nil }

    /// The act of the pause that stands.
    func standingPause() -> String? {
        rows("SELECT action_id, lifted_at FROM pauses ORDER BY id DESC LIMIT 1") {
            $0.integer(1) == nil ? $0.text(0) : nil
        }.first ?? nil
    }

    /// How much is left to do: parked messages, unsent messages, cases that nobody has been called for.
    func unfinished() -> [String] {
        rows(
            """
            SELECT 'parked ' || COALESCE(message_id, '') FROM parked
            UNION ALL SELECT 'unsent ' || m.message_id FROM publications AS p JOIN messages AS m ON m.id = p.id
            WHERE p.next_at IS NOT NULL
            UNION ALL SELECT status || ' ' || request_id FROM cases WHERE status IN ('in_review', 'approved')
            UNION ALL SELECT 'due ' || request_id FROM cases
            WHERE status IN ('rejected', 'withdrawn', 'settled') AND due_at IS NOT NULL
            """, orElse: ["the store can't be read"]
        ) { $0.text(0) }
    }

    /// When the first thing in the store falls due: what is to be acted on, and what is to be sent.
    ///
    /// - Returns: microseconds since 1970; `.max` when nothing does.
    func nextDue() -> (acting: Int64, sending: Int64) {
        if let due, due.version == version { return (due.acting, due.sending) }
        let found =
            rows(
                """
                SELECT (SELECT MIN(CASE WHEN lifted_at IS NULL THEN 0 END) FROM pauses),
                (SELECT MIN(due_at) FROM cases WHERE due_at IS NOT NULL), (SELECT MIN(next_at) FROM parked),
                (SELECT MIN(next_at) FROM publications WHERE next_at IS NOT NULL)
                """
            ) { row in
                // Under a pause every look may find that it is time to remind of it.
                (
                    acting: min(row.integer(0) ?? .max, row.integer(1) ?? .max, row.integer(2) ?? .max),
                    sending: row.integer(3) ?? .max
                )
            }.first ?? (.min, .min)
        due = (version, found.acting, found.sending)
        return found
    }

    /// Spellings of lines with more than one case that was granted something.
    func crowdedLines() -> [String] {
        rows(
            """
            SELECT invoice_number FROM cases WHERE status IN ('approved', 'attention', 'settled') AND refund > 0
            GROUP BY invoice_number, service_id, subscription_id HAVING COUNT(*) > 1 ORDER BY 1
            """, orElse: ["the store can't be read"]
        ) { $0.text(0) }
    }

    /// All that a replay must leave as it is.
    func fingerprint() -> [String] {
        rows(
            """
            SELECT c.request_id || ' ' || c.status || ' ' || COALESCE(c.refund, '-') || ' '
                || (SELECT COUNT(*) FROM events WHERE id BETWEEN c.id << 16 AND (c.id << 16) | 65535) || ' '
                || (SELECT COUNT(*) FROM messages WHERE id BETWEEN c.id << 16 AND (c.id << 16) | 65535)
            FROM cases AS c ORDER BY c.id
            """
        ) { $0.text(0) }
    }
}
