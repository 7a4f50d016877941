import Foundation
import RefundPolicy
import Simulation

/// Rows of a real store, by SQL.
protocol RowSource: AnyObject {
    /// The ids of messages that are not confirmed yet: the one question that differs between the stores.
    var unsent: String { get }
    /// Messages as `m` and what became of them as `p`.
    var publications: String { get }
    /// When the case `c` was committed, in microseconds; null where that is not kept.
    var openingCommit: String { get }
    /// - Parameter sql: with `$1`, `$2` for the parameters.
    func rows(_ sql: String, _ parameters: [Cell]) throws -> [[Cell]]
    func close()
}

/// A value of a row.
enum Cell: Hashable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}

/// A real store as the auditor reads it. SQLite and PostgreSQL keep nearly the same tables, so the questions are the same.
///
/// A read that fails is tried again for up to a minute: a real store may be away for a while.
final class SQLLedger: AuditedStore {
    private let opening: () throws -> any RowSource
    private var source: (any RowSource)?
    private(set) var version = 0

    private static let tries = 600

    /// - Parameter opening: is tried until it succeeds, since the workers make their store.
    init(opening: @escaping () throws -> any RowSource) {
        self.opening = opening
    }

    /// Whether it answers at this moment.
    var isReadable: Bool { (try? ask("SELECT 1 FROM policies LIMIT 1", [])) != nil }

    /// Lets the auditor look once more at what changes with every transaction.
    func lookAgain() { version += 1 }

    func close() { source?.close() }

    private func ask(_ sql: String, _ parameters: [Cell]) throws -> [[Cell]] {
        if let source { return try source.rows(sql, parameters) }
        let opened = try opening()
        source = opened
        return try opened.rows(sql, parameters)
    }

    private func rows(_ sql: String, _ parameters: [Cell] = []) -> [[Cell]]? {
        for _ in 0..<SQLLedger.tries {
            if let rows = try? ask(sql, parameters) { return rows }
            // The store may just be killed, full or frozen by the drill itself; nothing tells when it is back.
            Thread.sleep(forTimeInterval: 0.1)
        }
        return nil
    }

    var publications: String { source?.publications ?? "" }

    /// All rows, none where the store can't be read.
    func table(_ sql: String) -> [[Cell]] { rows(sql) ?? [] }

    func hasCase(_ request: String) -> Bool {
        rows("SELECT id FROM cases WHERE request_id = $1", [.text(request)])?.isEmpty == false
    }

    func refusedActs() -> Set<String> {
        let refused = rows("SELECT action_id FROM actions WHERE refusal_code IS NOT NULL")
        return Set(refused?.compactMap { $0.first?.text } ?? [])
    }

    /// When that was committed, as far as the store can tell: a commit can be stuck for half a minute on its way to a
    /// server that is cut off or frozen. Where the server keeps no such time it is the broker's first confirm.
    func openedAt(_ request: String) -> Instant? {
        let found = rows(
            """
            SELECT COALESCE(\(source?.openingCommit ?? "NULL"), (
                SELECT MIN(p.confirmed_at) FROM \(publications)
                WHERE m.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
            ), c.opened_at) FROM cases AS c WHERE c.request_id = $1
            """, [.text(request)])
        return found?.first?.first?.integer.map(Instant.init(microsecondsSinceEpoch:))
    }

    func openingBody(of request: String) -> [UInt8]? {
        rows(
            "SELECT e.body FROM cases AS c JOIN events AS e ON e.id = c.id << 16 WHERE c.request_id = $1",
            [.text(request)])?
            .first?.first?.bytes
    }

    func messageBodies(_ id: String) -> [[UInt8]] {
        if id.hasPrefix("fleet/") {
            return rows("SELECT body FROM messages WHERE id <= 65535 AND message_id = $1", [.text(id)])?
                .compactMap { $0.first?.bytes } ?? []
        }
        // The case first: there is no index on a message's id.
        let request = id.split(separator: "/").first.map(String.init) ?? id
        return rows(
            """
            SELECT m.body FROM cases AS c JOIN messages AS m ON m.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
            WHERE c.request_id = $1 AND m.message_id = $2
            """, [.text(request), .text(id)])?.compactMap { $0.first?.bytes } ?? []
    }

    func parkedMessages() -> [String] {
        rows("SELECT message_id FROM parked ORDER BY id")?.compactMap { $0.first?.text } ?? []
    }

    func events(of request: String, after count: Int) -> [EventRow] {
        let found =
            rows(
                """
                SELECT e.at, e.kind, e.body FROM cases AS c
                JOIN events AS e ON e.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
                WHERE c.request_id = $1 ORDER BY e.id
                """, [.text(request)]) ?? []
        return found.dropFirst(count).map {
            EventRow(at: SQLLedger.time($0[0]), kind: $0[1].text ?? "", body: $0[2].bytes ?? [])
        }
    }

    func messages(of request: String, after count: Int) -> [SentRow] {
        let found =
            rows(
                """
                SELECT m.message_id, m.type, m.created_at, m.body FROM cases AS c
                JOIN messages AS m ON m.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
                WHERE c.request_id = $1 ORDER BY m.id
                """, [.text(request)]) ?? []
        return found.dropFirst(count).map {
            SentRow(
                id: $0[0].text ?? "", type: $0[1].text ?? "", at: SQLLedger.time($0[2]), body: $0[3].bytes ?? [])
        }
    }

    private static func time(_ cell: Cell) -> Instant { Instant(microsecondsSinceEpoch: cell.integer ?? 0) }

    func status(of request: String) -> String? {
        rows("SELECT status FROM cases WHERE request_id = $1", [.text(request)])?.first?.first?.text
    }

    func waitingWithdrawals() -> Set<String> {
        let found = rows("SELECT request_id FROM parked WHERE type = 'refund.withdrawn' AND dead_at IS NULL")
        return Set(found?.compactMap { $0.first?.text } ?? [])
    }

    func isPaused() -> Bool { standingPause() != nil }

    /// The act of the pause that holds.
    func standingPause() -> String? {
        let newest = rows("SELECT action_id, lifted_at FROM pauses ORDER BY id DESC LIMIT 1")?.first
        return newest?[1] == .null ? newest?[0].text : nil
    }

    func hasPause(_ act: String) -> Bool {
        rows("SELECT 1 FROM pauses WHERE action_id = $1", [.text(act)])?.isEmpty == false
    }

    /// What is still to come. A case that has ended may have one look at its deadline left, which is no replay's doing.
    func unfinished() -> [String] {
        guard let unsent = source?.unsent else { return ["the store can't be read"] }
        return rows(
            """
            SELECT 'parked ' || COALESCE(message_id, '') FROM parked
            UNION ALL SELECT 'unsent ' || message_id FROM (\(unsent)) AS unsent
            UNION ALL SELECT status || ' ' || request_id FROM cases WHERE status IN ('in_review', 'approved')
            UNION ALL SELECT 'due ' || request_id FROM cases
                WHERE status IN ('rejected', 'withdrawn', 'settled') AND due_at IS NOT NULL
            """)?.compactMap { $0.first?.text } ?? ["the store can't be read"]
    }

    func crowdedLines() -> [String] {
        rows(
            """
            SELECT invoice_number FROM cases WHERE status IN ('approved', 'attention', 'settled') AND refund > 0
            GROUP BY invoice_number, service_id, subscription_id HAVING COUNT(*) > 1 ORDER BY 1
            """)?.compactMap { $0.first?.text } ?? ["the store can't be read"]
    }

    func fingerprint() -> [String] {
        rows(
            """
            SELECT c.request_id, c.status, c.refund,
                (SELECT COUNT(*) FROM events WHERE id BETWEEN c.id << 16 AND (c.id << 16) | 65535),
                (SELECT COUNT(*) FROM messages WHERE id BETWEEN c.id << 16 AND (c.id << 16) | 65535)
            FROM cases AS c ORDER BY c.id
            """)?.map { row in
                let refund = row[2].integer.map(String.init) ?? "-"
                return
                    "\(row[0].text ?? "") \(row[1].text ?? "") \(refund) \(row[3].integer ?? 0) \(row[4].integer ?? 0)"
            } ?? []
    }
}
