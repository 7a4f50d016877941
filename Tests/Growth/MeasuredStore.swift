import CPostgreSQL
import Foundation
import PostgresStore
import RefundPolicy
import SQLiteStore
import StoreFilling

/// A store of one size, open for new requests.
struct MeasuredStore {
    let requests: NewRequests
    /// The server's process that works for it, if there is one.
    let server: Int32?

    static let filledAt = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)
    private static let measuredAt = filledAt + .seconds(86_400 * 3)

    init(
        directory: String, _ filling: StoreFilling, ids: NewRequests.IDs, onProgress: (Int) -> Void
    ) throws {
        let path = "\(directory)/growth-\(filling.finished)-\(filling.open).sqlite"
        if !FileManager.default.fileExists(atPath: path) { try filling.fill(path: path, onProgress: onProgress) }
        requests = NewRequests(store: try SQLiteStore(path: path), at: MeasuredStore.measuredAt, ids: ids)
        server = nil
    }

    /// Each size has a schema of its own.
    init(
        postgres url: String, _ filling: StoreFilling, ids: NewRequests.IDs, onProgress: (Int) -> Void
    ) throws {
        let schema = "growth_\(filling.finished)_\(filling.open)"
        let located = url + (url.contains("?") ? "&" : "?") + "options=-c%20search_path%3D\(schema)"
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        func ask(_ sql: String) -> String? {
            let result = PQexec(connection, sql)
            defer { PQclear(result) }
            return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : nil
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            throw StoreFilling.Refusal(description: String(cString: PQerrorMessage(connection)))
        }
        if ask("SELECT 1 FROM pg_namespace WHERE nspname = '\(schema)'") == nil {
            try filling.fill(postgres: located, schema: schema, onProgress: onProgress)
        }
        let others = ask(
            "SELECT coalesce(max(backend_start), now()) FROM pg_stat_activity WHERE usename = current_user")
        requests = NewRequests(
            store: try PostgresStore(PostgresLocation(located)), at: MeasuredStore.measuredAt, ids: ids)
        server = ask(
            """
            SELECT pid FROM pg_stat_activity WHERE usename = current_user AND backend_start > '\(others ?? "")'
            ORDER BY backend_start DESC LIMIT 1
            """
        ).flatMap { Int32($0) }
    }
}
