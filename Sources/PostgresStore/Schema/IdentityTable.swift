import RefundPolicy
import RefundWorker

/// Which store it is (migration 7): made with the tables, once, and never changed.
enum IdentityTable {
    static let statements = [
        "CREATE TABLE store_identity (id bigint PRIMARY KEY CHECK (id = 1), identity text NOT NULL)",
        "INSERT INTO store_identity VALUES (1, replace(gen_random_uuid()::text, '-', ''))",
    ]

    /// `nil` where the table is not there yet, or nothing stands in it.
    static func read(on connection: Connection, within patience: Duration) throws(PostgresFailure) -> StoreIdentity? {
        let isThere = try connection.exchange(
            .run("SELECT to_regclass('store_identity') IS NOT NULL"), within: patience
        ).first { $0.boolean(0) }
        guard isThere ?? false else { return nil }
        return try connection.exchange(.run("SELECT identity FROM store_identity"), within: patience)
            .first { StoreIdentity($0.text(0)) } ?? nil
    }

    /// Whether what a worker was told is kept is there; its case may have been archived since.
    static func has(
        _ event: KeptEvent, on connection: Connection, within patience: Duration
    ) throws(PostgresFailure) -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM events WHERE id = $1::bigint)
                OR EXISTS (SELECT 1 FROM archived WHERE request_id = $2)
            """
        let found = try connection.exchange(
            .run(sql) {
                $0.add(event.row)
                $0.add(event.requestID.text)
            }, within: patience)
        return found.first { $0.boolean(0) } ?? false
    }
}
