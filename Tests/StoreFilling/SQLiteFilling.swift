import GRDB
import SQLiteStore

extension StoreFilling {
    /// Fills a SQLite store, which must be new.
    ///
    /// - Returns: the request ids of the finished cases, in the order of their numbers.
    @discardableResult
    public func fill(path: String, onProgress: (Int) -> Void = { _ in }) throws -> [String] {
        let store = try SQLiteStore(path: path)
        for life in Life.allCases { try life.live(in: store, at: at) }
        store.close()
        let queue = try DatabaseQueue(path: path, configuration: StoreFilling.configuration)
        defer { try? queue.close() }
        var ids = Life.allCases.filter(\.isFinished).map(\.template)
        try pages { life, source, first, count in
            try queue.write { try StoreFilling.copy(case: source, life.template, from: first, count: count, $0) }
            if life.isFinished { ids += (first..<first + count).map(StoreFilling.id) }
            onProgress(first + count)
        }
        try queue.inDatabase { _ = try $0.checkpoint(.truncate) }
        return ids
    }

    /// Nobody else has the file, and it can be filled anew.
    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")
        }
        return configuration
    }

    /// Copies a case's rows; its request id stands in every text that must differ.
    private static func copy(
        case source: Int, _ template: String, from first: Int, count: Int, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                CREATE TEMP TABLE copies AS
                WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 + ?2 - 1)
                SELECT i + 1 AS id, 'fill-' || printf('%08x', i * 2654435761 % 4294967296) AS name FROM n
                """, arguments: [first, count])
        try database.execute(
            sql: """
                INSERT INTO cases (
                    id, request_id, status, holds_line, invoice_number, service_id, subscription_id, currency, paid,
                    refund, submitted_at, opened_at, respond_by, refund_by, deadline, due_at, policy_id, traceparent,
                    state, invoice_key, service_key, subscription_key, own_line, total, total_currency, proof
                )
                SELECT n.id, n.name, status, holds_line, replace(invoice_number, ?2, n.name), service_id,
                    subscription_id, currency, paid, refund, submitted_at, opened_at, respond_by, refund_by, deadline,
                    due_at, policy_id, traceparent, state, lower(replace(invoice_number, ?2, n.name)), service_key,
                    subscription_key, own_line, total, total_currency, proof + n.id
                FROM copies AS n, cases AS c WHERE c.id = ?1 ORDER BY n.id;
                """, arguments: [source, template])
        try database.execute(
            sql: """
                INSERT INTO invoices
                SELECT lower(replace(invoice_number, ?2, n.name)), requests, i.currency, granted, i.paid_after_end,
                    i.total
                FROM copies AS n, cases AS c JOIN invoices AS i ON i.invoice_key = c.invoice_key WHERE c.id = ?1;
                """, arguments: [source, template])
        try database.execute(
            sql: """
                INSERT INTO events
                SELECT (n.id << 16) | (e.id & 65535), at, kind, CAST(replace(CAST(body AS TEXT), ?2, n.name) AS BLOB), facts
                FROM copies AS n, events AS e WHERE e.id >> 16 = ?1 AND e.id < (1 << 20) ORDER BY n.id;
                """, arguments: [source, template])
        try database.execute(
            sql: """
                INSERT INTO messages
                SELECT (n.id << 16) | (m.id & 65535), replace(message_id, ?2, n.name), type, created_at,
                    CAST(replace(CAST(body AS TEXT), ?2, n.name) AS BLOB)
                FROM copies AS n, messages AS m WHERE m.id >> 16 = ?1 AND m.id < (1 << 20) ORDER BY n.id;
                """, arguments: [source, template])
        try database.execute(
            sql: """
                INSERT INTO publications (id, attempt, next_at, confirmed_at, last_error)
                SELECT (n.id << 16) | (p.id & 65535), attempt, next_at, confirmed_at, last_error
                FROM copies AS n, publications AS p WHERE p.id >> 16 = ?1 AND p.id < (1 << 20) ORDER BY n.id;
                """, arguments: [source])
        try database.execute(
            sql: "INSERT INTO words SELECT n.id, digest FROM copies AS n, words AS w WHERE w.case_id = ?",
            arguments: [source])
        try database.execute(sql: "DROP TABLE copies")
    }
}
