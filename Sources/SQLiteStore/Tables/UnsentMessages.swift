import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Finds messages whose publication is due, and leaves them to whoever asked.
struct UnsentMessages {
    private let find: BoundStatement
    private let hold: BoundStatement
    private let reject: BoundStatement
    private let count: BoundStatement

    init(_ database: Database) throws {
        // CROSS JOIN keeps SQLite from starting with the messages. Messages of no case have none to join.
        find = try BoundStatement(
            """
            SELECT m.id, m.message_id, m.type, m.created_at, p.attempt, m.body, c.id, c.request_id, c.traceparent,
                c.submitted_at, p.held_until
            FROM publications AS p CROSS JOIN messages AS m ON m.id = p.id
            LEFT JOIN cases AS c ON c.id = p.id >> \(RowNumber.placeBits)
            WHERE p.next_at <= ? ORDER BY p.next_at, p.id LIMIT ?
            """, in: database)
        // Whoever had it before has not told what became of it.
        hold = try BoundStatement(
            """
            UPDATE publications SET next_at = ?1, maybe_out = maybe_out OR held_until IS NOT NULL, held_until = ?1
            WHERE id = ?2
            """, in: database)
        count = try BoundStatement(
            """
            SELECT count(*) FROM (SELECT 1 FROM publications WHERE next_at < \(PublicationTable.heldBack) LIMIT ?)
            """, in: database)
        reject = try BoundStatement("UPDATE publications SET next_at = ?, last_error = ? WHERE id = ?", in: database)
    }

    func count(upTo most: Int) throws -> Int {
        try count.first({ $0.add(most) }, as: { Int($0.integer(0)) }) ?? 0
    }

    /// Those that have been due longest come first; of equally long, in the order in which they were committed.
    func claim(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws -> [OutboxMessage] {
        let heldUntil = now + lease
        var claimed: [OutboxMessage] = []
        var unreadable: [(row: Int64, problem: String)] = []
        var room = bytes
        try find.forEachRow {
            $0.add(now.microsecondsSinceEpoch)
            $0.add(max(0, limit))
        } do: { row in
            // The bodies of those behind are not even read.
            guard room > 0 else { return }
            do {
                let requestID = RequestID(row.text(7))
                guard requestID != nil || row.isNull(6) else {
                    throw DeadLetterReason.unprocessable(problem: "the case's request id can't be read")
                }
                claimed.append(
                    try OutboxMessage(
                        row, body: 5, requestID: requestID, traceparent: row.optionalText(8), heldUntil: heldUntil,
                        heldBefore: row.optionalInteger(10).map(Instant.init(microsecondsSinceEpoch:)),
                        submittedAt: row.optionalInteger(9).map(Instant.init(microsecondsSinceEpoch:))))
                room -= claimed.last?.encoded.body.count ?? 0
            } catch let reason as DeadLetterReason {
                unreadable.append((row.integer(0), reason.detail))
            }
        }
        let next = heldUntil.microsecondsSinceEpoch
        for message in claimed {
            let row = try RowNumber.of(message.key.ordinal.number, in: message.key.caseID)
            try hold.run {
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
