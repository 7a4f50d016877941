import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The outbox: for each message when its publication is due, and what became of it.
struct PublicationTable {
    private let insert: BoundStatement
    private let resend: BoundStatement
    private let count: BoundStatement
    private let confirm: BoundStatement
    private let fail: BoundStatement
    private let takeBack: BoundStatement

    init(_ database: Database) throws {
        insert = try BoundStatement(
            "INSERT INTO publications (id, attempt, next_at) SELECT id, 1, ? FROM messages WHERE id BETWEEN ? AND ?",
            in: database)
        resend = try BoundStatement(
            "UPDATE publications SET next_at = ?, attempt = ?, confirmed_at = NULL, last_error = NULL WHERE id = ?",
            in: database)
        count = try BoundStatement("SELECT COUNT(*) FROM publications WHERE id BETWEEN ? AND ?", in: database)
        // What is told late of an earlier sending says nothing about this one.
        confirm = try BoundStatement(
            """
            UPDATE publications SET confirmed_at = ?, next_at = NULL, last_error = NULL
            WHERE id BETWEEN ? AND ? AND attempt = ?
            """, in: database)
        // What the broker has taken stays taken, whatever is told of the same sending once more; what was taken back stays
        // with us (it is neither confirmed nor due).
        fail = try BoundStatement(
            """
            UPDATE publications SET next_at = ?, last_error = ?
            WHERE id = ? AND attempt = ? AND confirmed_at IS NULL AND next_at IS NOT NULL
            """, in: database)
        takeBack = try BoundStatement(
            "UPDATE publications SET next_at = NULL, last_error = ? WHERE id = ? AND confirmed_at IS NULL", in: database
        )
    }

    /// Messages that were just stored. The lane that commits them publishes them right away, and others only after its
    /// head start.
    func append(_ run: MessageRun, at now: Instant) throws {
        try insert.run { values in
            values.add((now + OutboxMessage.publisherHeadStart).microsecondsSinceEpoch)
            values.add(run.rows)
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

    /// Lets messages go out no more, unless the broker has them already.
    func takeBack(_ messages: [MessageOrdinal], of id: CaseID) throws {
        for ordinal in messages {
            let row = try RowNumber.of(ordinal.number, in: id)
            try takeBack.run { values in
                values.add(CaseChange.takenBackReason)
                values.add(row)
            }
        }
    }

    /// Keeps that the broker has taken these at that instant, each at that attempt.
    func confirm(_ run: MessageRun, attempt: Int, at: Instant) throws {
        try confirm.run { values in
            values.add(at.microsecondsSinceEpoch)
            values.add(run.rows)
            values.add(attempt)
        }
    }

    /// Whether the store has no other messages between the first and the last of these.
    func isAlone(_ run: MessageRun) throws -> Bool {
        guard run.spansCases else { return true }
        return try count.first({ $0.add(run.rows) }, as: { $0.integer(0) }) == Int64(run.count)
    }

    /// Keeps that the broker would not take a message, and when it is tried again.
    func fail(_ row: Int64, attempt: Int, reason: String, nextAttemptAt: Instant) throws {
        try fail.run { values in
            values.add(nextAttemptAt.microsecondsSinceEpoch)
            values.add(reason)
            values.add(row)
            values.add(attempt)
        }
    }
}
