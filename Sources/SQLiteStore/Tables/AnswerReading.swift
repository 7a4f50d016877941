import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// When the broker confirmed a case's final answer: by the index of decisions alone.
struct AnswerReading {
    private let findDecisions: BoundStatement

    init(_ database: Database) throws {
        findDecisions = try BoundStatement(
            """
            SELECT m.message_id, p.confirmed_at FROM messages AS m INDEXED BY messages_decided
            CROSS JOIN publications AS p ON p.id = m.id
            WHERE m.type = 'notice.decided' AND m.id BETWEEN ? AND ? AND p.confirmed_at IS NOT NULL
            """, in: database)
    }

    /// `nil` while it has not.
    func answeredAt(_ request: RequestID, _ id: CaseID) throws -> Instant? {
        var answeredAt: Instant?
        try findDecisions.forEachRow(
            { $0.add(RowNumber.all(of: id)) },
            do: { row in
                if OutboundType.isFinalAnswer(messageID: row.text(0), of: request) {
                    answeredAt = Instant(microsecondsSinceEpoch: row.integer(1))
                }
            })
        return answeredAt
    }

    func listed(_ id: CaseID, _ refundCase: RefundCase) throws -> ListedCase {
        ListedCase(id: id, refundCase: refundCase, answeredAt: try answeredAt(refundCase.id, id))
    }
}
