import Foundation
import GRDB
import RefundPolicy

/// The store as the auditor reads it: plain SQL on the worker's file, by a connection of its own.
final class StoreLedger: AuditedStore {
    private let queue: DatabaseQueue

    init(file: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: file, configuration: configuration)
    }

    func close() {
        try? queue.close()
    }

    private func read<Value>(_ empty: Value, _ body: (Database) throws -> Value) -> Value {
        // A file that can't be read shows as a store that has nothing, which no check lets pass.
        (try? queue.read(body)) ?? empty
    }

    func hasCase(_ request: String) -> Bool {
        read(false) {
            try Bool.fetchOne(
                $0.cachedStatement(sql: "SELECT COUNT(*) > 0 FROM cases WHERE request_id = ?"), arguments: [request])
                ?? false
        }
    }

    func openedAt(_ request: String) -> Instant? {
        read(nil) {
            try Int64.fetchOne(
                $0.cachedStatement(sql: "SELECT opened_at FROM cases WHERE request_id = ?"), arguments: [request])
        }.map(Instant.init(microsecondsSinceEpoch:))
    }

    func openingBody(of request: String) -> [UInt8]? {
        read(nil) {
            try Data.fetchOne(
                $0.cachedStatement(
                    sql: "SELECT e.body FROM cases AS c JOIN events AS e ON e.id = c.id << 16 WHERE c.request_id = ?"),
                arguments: [request])
        }.map { Array($0) }
    }

    func messageBodies(_ id: String) -> [[UInt8]] {
        read([]) {
            try Data.fetchAll(
                $0.cachedStatement(sql: "SELECT body FROM messages WHERE message_id = ?"), arguments: [id])
        }.map { Array($0) }
    }

    func parkedMessages() -> [String] {
        read([]) { try String.fetchAll($0.cachedStatement(sql: "SELECT message_id FROM parked ORDER BY id")) }
    }

    /// The messages that were committed together with an event of that very body, where that can be told: no other
    /// event of the case may have the same time.
    func messagesOfEvent(_ body: [UInt8], of request: String) -> [String] {
        read([]) {
            try String.fetchAll(
                $0.cachedStatement(
                    sql: """
                        WITH the_case AS (SELECT id FROM cases WHERE request_id = ?1),
                        mine AS (
                            SELECT at FROM events, the_case
                            WHERE events.id BETWEEN the_case.id << 16 AND (the_case.id << 16) | 65535 AND body = ?2
                        )
                        SELECT message_id FROM messages, the_case
                        WHERE messages.id BETWEEN the_case.id << 16 AND (the_case.id << 16) | 65535
                        AND created_at IN mine AND 1 = (
                            SELECT COUNT(*) FROM events
                            WHERE events.id BETWEEN the_case.id << 16 AND (the_case.id << 16) | 65535
                            AND at = messages.created_at
                        ) ORDER BY messages.id
                        """), arguments: [request, Data(body)])
        }
    }

    /// How much is left to do: parked messages, unsent messages, cases that nobody has been called for.
    func unfinished() -> [String] {
        read(["the store can't be read"]) {
            try String.fetchAll(
                $0.cachedStatement(
                    sql: """
                        SELECT 'parked ' || COALESCE(message_id, '') FROM parked
                        UNION ALL SELECT 'unsent ' || m.message_id FROM publications AS p JOIN messages AS m ON m.id = p.id
                        WHERE p.next_at IS NOT NULL
                        UNION ALL SELECT status || ' ' || request_id FROM cases WHERE status IN ('in_review', 'approved')
                        """))
        }
    }

    /// Lines with more than one open or settled case.
    func crowdedLines() -> [String] {
        read(["the store can't be read"]) {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT invoice_number FROM cases WHERE status IN ('in_review', 'approved', 'attention', 'settled')
                    GROUP BY invoice_number, service_id, subscription_id HAVING COUNT(*) > 1 ORDER BY 1
                    """)
        }
    }

    /// All that a replay must leave as it is.
    func fingerprint() -> [String] {
        read([]) {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT c.request_id || ' ' || c.status || ' ' || COALESCE(c.refund, '-') || ' '
                        || (SELECT COUNT(*) FROM events WHERE id BETWEEN c.id << 16 AND (c.id << 16) | 65535) || ' '
                        || (SELECT COUNT(*) FROM messages WHERE id BETWEEN c.id << 16 AND (c.id << 16) | 65535)
                    FROM cases AS c ORDER BY c.id
                    """)
        }
    }
}
