import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// When the broker confirmed cases' decisions, for whoever lists them: by the index of decisions, case by case.
struct AnswerRows {
    let messageID: String
    let confirmedAt: Instant

    func isFinal(of request: RequestID) -> Bool { OutboundType.isFinalAnswer(messageID: messageID, of: request) }

    /// A join by a range would make the planner read the whole table; `OFFSET 0` keeps it from that.
    private static let load = """
        SELECT n.id, f.message_id, f.confirmed_at
        FROM unnest($1::bigint[]) AS n (id) CROSS JOIN LATERAL (
            SELECT m.id, m.message_id, m.confirmed_at FROM messages AS m
            WHERE m.type = 'notice.decided' AND m.confirmed_at IS NOT NULL
                AND m.id BETWEEN n.id << \(RowNumber.placeBits) AND (n.id + 1 << \(RowNumber.placeBits)) - 1
            OFFSET 0
        ) AS f ORDER BY f.id
        """

    static func answers(of ids: [CaseID], on connection: Connection) throws -> [CaseID: [AnswerRows]] {
        guard !ids.isEmpty else { return [:] }
        let command = Command.run(load) { values in values.add(.bigint, ids) { $1.add($0.number) } }
        var answers: [CaseID: [AnswerRows]] = [:]
        for row in try connection.exchange(command, within: Session.readingPatience).rows {
            guard let confirmedAt = row.optionalInstant(2) else { continue }
            answers[CaseID(row.integer(0)), default: []].append(
                AnswerRows(messageID: row.text(1), confirmedAt: confirmedAt))
        }
        return answers
    }
}
