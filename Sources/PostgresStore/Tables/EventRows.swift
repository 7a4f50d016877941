import RefundMessages
import RefundPolicy
import RefundWorker

/// What happened to the cases, in order. Rows are only ever added.
enum EventRows {
    static let statements = [insert]

    private static let insert = Statement(
        "event_insert",
        """
        INSERT INTO events (id, at, kind, body, facts)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::text[])
        """)

    /// An event and its place.
    struct Row {
        var number: Int64
        var event: StoredEvent
    }

    static func command(appending rows: [Row]) -> Command? {
        guard !rows.isEmpty else { return nil }
        return .run(insert) { values in
            values.add(.bigint, rows) { $1.add($0.number) }
            values.add(.bigint, rows) { $1.add($0.event.at) }
            values.add(.text, rows) { $1.add($0.event.kind.rawValue) }
            values.add(.bytes, rows) { $1.add($0.event.body) }
            values.add(.text, rows) { $1.add($0.event.facts) }
        }
    }
}

extension StoredEvent {
    /// The columns that `init` reads.
    static let columns = "kind, at, body, facts"

    /// - Throws: `StoreError` when only a newer worker knows the kind.
    init(_ row: ResultRow) throws(StoreError) {
        guard let kind = Kind(rawValue: row.text(0)) else {
            throw StoreError(
                .incompatible, operation: "read", problem: "an event is of a kind that this version does not know",
                remedy: "run the version that wrote it")
        }
        self.init(kind: kind, at: row.instant(1), body: row.bytes(2), facts: row.text(3))
    }
}
