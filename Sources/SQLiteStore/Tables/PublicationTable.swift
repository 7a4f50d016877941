import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The outbox: for each message when its publication is due, and what became of it.
struct PublicationTable {
    private let insert: BoundStatement
    private let resend: BoundStatement
    private let confirm: BoundStatement
    private let fail: BoundStatement

    init(_ database: Database) throws {
        insert = try BoundStatement(
            "INSERT INTO publications (id, attempt, next_at) VALUES (?, 1, ?)", in: database)
        resend = try BoundStatement(
            "UPDATE publications SET next_at = ?, attempt = ?, confirmed_at = NULL, last_error = NULL WHERE id = ?",
            in: database)
        // What is told late of an earlier sending says nothing about this one.
        confirm = try BoundStatement(
            "UPDATE publications SET confirmed_at = ?, next_at = NULL, last_error = NULL WHERE id = ? AND attempt = ?",
            in: database)
        // What the broker has taken stays taken, whatever is told of the same sending once more.
        fail = try BoundStatement(
            """
            UPDATE publications SET next_at = ?, last_error = ? WHERE id = ? AND attempt = ? AND confirmed_at IS NULL
            """, in: database)
    }

    /// A message that the lane which commits it publishes right away, and others only after its head start.
    func append(row: Int64, at now: Instant) throws {
        try insert.run { values in
            values.add(row)
            values.add((now + OutboxMessage.publisherHeadStart).microsecondsSinceEpoch)
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
