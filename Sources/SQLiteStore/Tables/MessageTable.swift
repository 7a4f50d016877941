import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The messages that follow from what happened to the cases, as they are sent. Rows are only ever added.
struct MessageTable {
    private let insert: BoundStatement
    private let findLatest: BoundStatement
    private let findNamed: BoundStatement

    init(_ database: Database) throws {
        findLatest = try BoundStatement("SELECT MAX(id) FROM messages WHERE id BETWEEN ? AND ?", in: database)
        findNamed = try BoundStatement(
            "SELECT 1 FROM messages WHERE id BETWEEN ? AND ? AND message_id = ?", in: database)
        insert = try BoundStatement(
            "INSERT INTO messages (id, message_id, type, created_at, body) VALUES (?, ?, ?, ?, ?)", in: database)
    }

    func append(_ message: EncodedMessage, createdAt: Instant, at row: Int64) throws {
        try insert.run { values in
            values.add(row)
            values.add(message.id)
            values.add(message.type.rawValue)
            values.add(createdAt.microsecondsSinceEpoch)
            values.add(message.body)
        }
    }

    /// Adds a message of no case.
    ///
    /// - Returns: its row; `nil` when one of that id is there already.
    func append(ofFleet message: EncodedMessage, at now: Instant) throws -> Int64? {
        let rows = RowNumber.all(of: RowNumber.fleet)
        let isKnown = try findNamed.first(
            {
                $0.add(rows)
                $0.add(message.id)
            }, as: { _ in true })
        guard isKnown == nil else { return nil }
        let latest = try findLatest.first({ $0.add(rows) }, as: { $0.optionalInteger(0) }) ?? nil
        let row = try RowNumber.of(latest.map { RowNumber.place(of: $0) + 1 } ?? 0, in: RowNumber.fleet)
        try append(message, createdAt: now, at: row)
        return row
    }
}

extension OutboxMessage {
    /// Reads `id, message_id, type, created_at, attempt` from the columns 0 to 4, and the body from `body`.
    ///
    /// - Throws: `DeadLetterReason.unprocessable` when only a newer worker knows the type.
    init(
        _ row: ResultRow, body: Int32, requestID: RequestID?, traceparent: String?,
        heldUntil: Instant = Instant(microsecondsSinceEpoch: 0), heldBefore: Instant? = nil, submittedAt: Instant?
    ) throws {
        guard let type = OutboundType(rawValue: row.text(2)) else {
            throw DeadLetterReason.unprocessable(
                problem: "a message is of a type that this version does not know; run the version that wrote it")
        }
        let number = row.integer(0)
        self.init(
            key: MessageKey(
                caseID: RowNumber.caseID(of: number), ordinal: MessageOrdinal(RowNumber.place(of: number))),
            requestID: requestID, encoded: EncodedMessage(id: row.text(1), type: type, body: row.bytes(body)),
            createdAt: Instant(microsecondsSinceEpoch: row.integer(3)), attempt: Int(row.integer(4)),
            traceparent: traceparent, heldUntil: heldUntil, heldBefore: heldBefore, submittedAt: submittedAt)
    }
}
