import GRDB
import RefundMessages
import RefundPolicy
import RefundWorker

/// What happened to the cases, in order. Rows are only ever added.
struct EventTable {
    private let insert: BoundStatement

    init(_ database: Database) throws {
        insert = try BoundStatement(
            "INSERT INTO events (id, at, kind, body, facts) VALUES (?, ?, ?, ?, ?)", in: database)
    }

    func append(_ events: [StoredEvent], from first: Int, to id: CaseID) throws {
        for (offset, event) in events.enumerated() {
            let row = try RowNumber.of(first + offset, in: id)
            try insert.run { values in
                values.add(row)
                values.add(event.at.microsecondsSinceEpoch)
                values.add(event.kind.rawValue)
                values.add(event.body)
                values.add(event.facts)
            }
        }
    }
}

extension StoredEvent {
    /// The columns that `init` reads.
    static let columns = "kind, at, body, facts"

    /// - Throws: `StoreError` when only a newer worker knows the kind.
    init(_ row: ResultRow) throws {
        guard let kind = Kind(rawValue: row.text(0)) else {
            throw StoreError(
                .incompatible, operation: "read", problem: "an event is of a kind that this version does not know",
                remedy: "run the version that wrote it")
        }
        self.init(
            kind: kind, at: Instant(microsecondsSinceEpoch: row.integer(1)), body: row.bytes(2), facts: row.text(3))
    }
}
