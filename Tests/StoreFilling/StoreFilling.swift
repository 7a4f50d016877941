import GRDB
import RefundCase
import RefundMessages
public import RefundPolicy
import RefundWorker
import SQLiteStore

/// Makes a SQLite store large: some cases are lived by the worker's own code, and their rows copied by SQL under other
/// ids, so that every case can be read, shown and archived. Ids are scattered, as random ones are.
public struct StoreFilling: Sendable {
    /// How many settled, rejected and withdrawn cases; eight, one and one of ten.
    public var finished: Int
    /// How many approved cases that wait for their replies.
    public var open: Int
    /// When all of it happens.
    public var at: Instant

    public init(finished: Int, open: Int, at now: Instant) {
        self.finished = finished
        self.open = open
        at = now
    }

    /// Fills the store, which must be new. What is finished comes first, as older.
    ///
    /// - Returns: the request ids of the finished cases, in the order of their numbers.
    @discardableResult
    public func fill(path: String, onProgress: (Int) -> Void = { _ in }) throws -> [String] {
        let lives = Life.allCases
        let store = try SQLiteStore(path: path)
        for life in lives { try life.live(in: store, at: at) }
        store.close()
        let queue = try DatabaseQueue(path: path, configuration: StoreFilling.configuration)
        defer { try? queue.close() }
        var ids = lives.filter(\.isFinished).map(\.template)
        var count = lives.count
        for (life, wanted) in shares {
            var left = wanted - 1
            while left > 0 {
                let page = min(left, 20_000)
                let source = (lives.firstIndex(of: life) ?? 0) + 1
                try queue.write { try StoreFilling.copy(case: source, life.template, from: count, count: page, $0) }
                if life.isFinished { ids += (count..<count + page).map(StoreFilling.id) }
                count += page
                left -= page
                onProgress(count)
            }
        }
        try queue.inDatabase { _ = try $0.checkpoint(.truncate) }
        return ids
    }

    private var shares: [(Life, Int)] {
        [
            (.settled, finished - finished / 10 * 2), (.rejected, finished / 10), (.withdrawn, finished / 10),
            (.open, open),
        ]
    }

    /// The `index`th copy's request id.
    static func id(_ index: Int) -> String {
        let digits = String(index * 2_654_435_761 % 4_294_967_296, radix: 16)
        return "fill-" + String(repeating: "0", count: 8 - digits.count) + digits
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
                INSERT INTO cases
                SELECT n.id, n.name, status, holds_line, replace(invoice_number, ?2, n.name), service_id,
                    subscription_id, currency, paid, refund, submitted_at, opened_at, respond_by, refund_by, deadline,
                    due_at, policy_id, traceparent, state
                FROM copies AS n, cases AS c WHERE c.id = ?1 ORDER BY n.id;
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
                INSERT INTO publications
                SELECT (n.id << 16) | (p.id & 65535), attempt, next_at, confirmed_at, last_error
                FROM copies AS n, publications AS p WHERE p.id >> 16 = ?1 AND p.id < (1 << 20) ORDER BY n.id;
                """, arguments: [source])
        try database.execute(sql: "DROP TABLE copies")
    }
}
