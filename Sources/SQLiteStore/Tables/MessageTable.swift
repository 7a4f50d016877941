import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The outbox: messages that were committed, and what became of their publication.
struct MessageTable {
    private let insert: BoundStatement
    private let resend: BoundStatement
    private let confirm: BoundStatement
    private let fail: BoundStatement

    init(_ database: Database) throws {
        insert = try BoundStatement(
            """
            INSERT INTO messages (id, message_id, type, created_at, attempt, next_at, body) VALUES (?, ?, ?, ?, 1, ?, ?)
            """, in: database)
        resend = try BoundStatement(
            "UPDATE messages SET next_at = ?, attempt = ?, confirmed_at = NULL, last_error = NULL WHERE id = ?",
            in: database)
        // What is told late of an earlier sending says nothing about this one.
        confirm = try BoundStatement(
            "UPDATE messages SET confirmed_at = ?, next_at = NULL, last_error = NULL WHERE id = ? AND attempt = ?",
            in: database)
        // What the broker has taken stays taken, whatever is told of the same sending once more.
        fail = try BoundStatement(
            "UPDATE messages SET next_at = ?, last_error = ? WHERE id = ? AND attempt = ? AND confirmed_at IS NULL",
            in: database)
    }

    func append(_ messages: [NewMessage], to id: CaseID, at now: Instant) throws {
        let due = (now + OutboxMessage.publisherHeadStart).microsecondsSinceEpoch
        for message in messages {
            let row = try RowNumber.of(message.ordinal.number, in: id)
            try insert.run { values in
                values.add(row)
                values.add(message.encoded.id)
                values.add(message.encoded.type.rawValue)
                values.add(message.createdAt.microsecondsSinceEpoch)
                values.add(due)
                values.add(message.encoded.body)
            }
        }
    }

    /// Makes messages due at once, with the bytes that they have.
    ///
    /// - Throws: `StoreError` `.refused` when one is not there.
    func sendAgain(_ resends: [Resend], of id: CaseID, at now: Instant) throws {
        for message in resends {
            let row = try RowNumber.of(message.ordinal.number, in: id)
            let changed = try resend.run { values in
                values.add(now.microsecondsSinceEpoch)
                values.add(message.attempt)
                values.add(row)
            }
            guard changed == 1 else {
                throw StoreError(
                    .refused, operation: "write", problem: "a message to be sent again is not stored",
                    remedy: "look at the case's history")
            }
        }
    }

    /// Keeps what became of a sending.
    func record(_ key: MessageKey, attempt: Int, _ result: PublicationRecord.Result, at: Instant) throws {
        let row = try RowNumber.of(key.ordinal.number, in: key.caseID)
        switch result {
        case .confirmed:
            try confirm.run { values in
                values.add(at.microsecondsSinceEpoch)
                values.add(row)
                values.add(attempt)
            }
        case .failed(let reason, let nextAttemptAt):
            try fail.run { values in
                values.add(nextAttemptAt.microsecondsSinceEpoch)
                values.add(reason)
                values.add(row)
                values.add(attempt)
            }
        }
    }
}

extension OutboxMessage {
    /// Reads `id, message_id, type, created_at, attempt` from the columns 0 to 4, and the body from `body`.
    ///
    /// - Throws: `DeadLetterReason.unprocessable` when only a newer worker knows the type.
    init(_ row: ResultRow, body: Int32, requestID: RequestID, traceparent: String?) throws {
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
            traceparent: traceparent)
    }
}
