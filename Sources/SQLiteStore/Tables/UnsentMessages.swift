import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Finds messages whose publication is due, and leaves them to whoever asked.
struct UnsentMessages {
    private let find: BoundStatement
    private let postpone: BoundStatement
    private let reject: BoundStatement

    init(_ database: Database) throws {
        // CROSS JOIN keeps SQLite from starting with the messages or the cases.
        find = try BoundStatement(
            """
            SELECT m.id, m.message_id, m.type, m.created_at, p.attempt, m.body, c.request_id, c.traceparent, c.submitted_at
            FROM publications AS p CROSS JOIN messages AS m ON m.id = p.id
            CROSS JOIN cases AS c ON c.id = p.id >> \(RowNumber.placeBits)
            WHERE p.next_at <= ? ORDER BY p.next_at, p.id LIMIT ?
            """, in: database)
        postpone = try BoundStatement("UPDATE publications SET next_at = ? WHERE id = ?", in: database)
        reject = try BoundStatement("UPDATE publications SET next_at = ?, last_error = ? WHERE id = ?", in: database)
    }

    /// Those that have been due longest come first; of equally long, in the order in which they were committed.
    func claim(limit: Int, at now: Instant, lease: Duration) throws -> [OutboxMessage] {
        var claimed: [OutboxMessage] = []
        var unreadable: [(row: Int64, problem: String)] = []
        try find.forEachRow {
            $0.add(now.microsecondsSinceEpoch)
            $0.add(max(0, limit))
        } do: { row in
            do {
                guard let requestID = RequestID(row.text(6)) else {
                    throw DeadLetterReason.unprocessable(problem: "the case's request id can't be read")
                }
                claimed.append(
                    try OutboxMessage(
                        row, body: 5, requestID: requestID, traceparent: row.optionalText(7),
                        submittedAt: Instant(microsecondsSinceEpoch: row.integer(8))))
            } catch let reason as DeadLetterReason {
                unreadable.append((row.integer(0), reason.detail))
            }
        }
        let next = (now + lease).microsecondsSinceEpoch
        for message in claimed {
            let row = try RowNumber.of(message.key.ordinal.number, in: message.key.caseID)
            try postpone.run {
                $0.add(next)
                $0.add(row)
            }
        }
        // One that this version can't send must not keep the others from being found.
        for (row, problem) in unreadable {
            try reject.run {
                $0.add(next)
                $0.add(problem)
                $0.add(row)
            }
        }
        return claimed
    }
}
