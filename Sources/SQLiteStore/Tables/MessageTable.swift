import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The messages that follow from what happened to the cases, as they are sent. Rows are only ever added.
struct MessageTable {
    private let insert: BoundStatement

    init(_ database: Database) throws {
        insert = try BoundStatement(
            "INSERT INTO messages (id, message_id, type, created_at, body) VALUES (?, ?, ?, ?, ?)", in: database)
    }

    func append(_ message: NewMessage, at row: Int64) throws {
        try insert.run { values in
            values.add(row)
            values.add(message.encoded.id)
            values.add(message.encoded.type.rawValue)
            values.add(message.createdAt.microsecondsSinceEpoch)
            values.add(message.encoded.body)
        }
    }
}

extension OutboxMessage {
    /// Reads `id, message_id, type, created_at, attempt` from the columns 0 to 4, and the body from `body`.
    ///
    /// - Throws: `DeadLetterReason.unprocessable` when only a newer worker knows the type.
    init(
        _ row: ResultRow, body: Int32, requestID: RequestID, traceparent: String?, submittedAt: Instant
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
            traceparent: traceparent, submittedAt: submittedAt)
    }
}
