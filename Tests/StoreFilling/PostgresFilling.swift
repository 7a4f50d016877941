import CPostgreSQL
import PostgresStore

extension StoreFilling {
    /// What the server said to a statement.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// Fills a PostgreSQL store, which must be new.
    ///
    /// - Parameters:
    ///   - url: where the store is, as the worker takes it.
    ///   - schema: its tables' schema, as the URL names it.
    public func fill(postgres url: String, schema: String, onProgress: (Int) -> Void = { _ in }) throws {
        let store = try PostgresStore(PostgresLocation(url))
        for life in Life.allCases { try life.live(in: store, at: at) }
        store.close()
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        func run(_ sql: String) throws {
            let result = PQexec(connection, sql)
            defer { PQclear(result) }
            guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
                throw Refusal(description: String(cString: PQerrorMessage(connection)))
            }
        }
        // What is filled can be filled anew.
        try run("SET search_path = \(schema), pg_catalog; SET synchronous_commit = off; SET work_mem = '256MB'")
        try pages { life, source, first, count in
            try run(StoreFilling.copies(case: source, life.template, from: first, count: count))
            onProgress(first + count)
        }
        try run("SELECT setval('case_numbers', (SELECT max(id) FROM cases))")
        for table in ["cases", "events", "messages", "words"] { try run("VACUUM ANALYZE \(table)") }
    }

    /// Copies a case's rows; its request id stands in every text that must differ.
    private static func copies(case source: Int, _ template: String, from first: Int, count: Int) -> String {
        let names = """
            (SELECT i + 1 AS id, 'fill-' || lpad(to_hex(i * 2654435761 % 4294967296), 8, '0') AS name
            FROM generate_series(\(first)::bigint, \(first + count - 1)) AS g(i)) AS n
            """
        let body = "convert_to(replace(convert_from(body, 'UTF8'), '\(template)', n.name), 'UTF8')"
        return """
            BEGIN;
            INSERT INTO cases (
                id, request_id, status, holds_line, invoice_number, service_id, subscription_id, currency, paid, refund,
                submitted_at, opened_at, respond_by, refund_by, deadline, due_at, policy_id, traceparent, state,
                invoice_key, service_key, subscription_key, own_line, total, total_currency, proof
            )
            SELECT n.id, n.name, status, holds_line, replace(invoice_number, '\(template)', n.name), service_id,
                subscription_id, currency, paid, refund, submitted_at, opened_at, respond_by, refund_by, deadline,
                due_at, policy_id, traceparent, state, lower(replace(invoice_number, '\(template)', n.name)),
                service_key, subscription_key, own_line, total, total_currency, proof + n.id
            FROM \(names), cases AS c WHERE c.id = \(source) ORDER BY n.id;
            INSERT INTO invoices
            SELECT lower(replace(invoice_number, '\(template)', n.name)), requests, i.currency, granted,
                i.paid_after_end, i.total
            FROM \(names), cases AS c JOIN invoices AS i ON i.invoice_key = c.invoice_key WHERE c.id = \(source);
            INSERT INTO events
            SELECT (n.id << 16) | (e.id & 65535), at, kind, \(body), facts
            FROM \(names), events AS e WHERE e.id >= \(source << 16) AND e.id < \((source + 1) << 16) ORDER BY n.id;
            INSERT INTO messages
            SELECT (n.id << 16) | (m.id & 65535), replace(message_id, '\(template)', n.name), type, created_at, attempt,
                next_at, confirmed_at, last_error, \(body)
            FROM \(names), messages AS m WHERE m.id >= \(source << 16) AND m.id < \((source + 1) << 16) ORDER BY n.id;
            INSERT INTO words SELECT n.id, digest FROM \(names), words AS w WHERE w.case_id = \(source) ORDER BY n.id;
            COMMIT
            """
    }
}
