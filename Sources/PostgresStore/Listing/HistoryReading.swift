import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Reads whole cases: with all that happened to them and all that they sent.
struct HistoryReading {
    let connection: Connection
    let decoder: InboundDecoder

    private static let selection = "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join)"

    private static let events =
        "SELECT \(StoredEvent.columns) FROM events WHERE id BETWEEN $1::bigint AND $2::bigint ORDER BY id"

    private static let messages = """
        SELECT id, message_id, type, created_at, attempt, body, CASE WHEN next_at IS NULL THEN confirmed_at END,
            last_error, held_until
        FROM messages WHERE id BETWEEN $1::bigint AND $2::bigint ORDER BY id
        """

    /// - Throws: `DeadLetterReason` when the case can't be read; `PostgresFailure`, `StoreError`.
    func history(of id: RequestID, policies: inout PolicyRows) throws -> CaseHistory? {
        let command = Command.run("\(HistoryReading.selection) WHERE c.request_id = $1") { $0.add(id.text) }
        return try find(command).map { try whole($0, policies: &policies) }
    }

    /// - Throws: as above.
    func history(of id: CaseID, policies: inout PolicyRows) throws -> CaseHistory? {
        let command = Command.run("\(HistoryReading.selection) WHERE c.id = $1::bigint") { $0.add(id.number) }
        return try find(command).map { try whole($0, policies: &policies) }
    }

    private func find(_ command: Command) throws(PostgresFailure) -> StoredCase? {
        try connection.exchange(command, within: Session.readingPatience).first { StoredCase($0) }
    }

    private func whole(_ stored: StoredCase, policies: inout PolicyRows) throws -> CaseHistory {
        try policies.learn([stored.policyRow], on: connection)
        let refundCase = try stored.read(under: policies.version(row: stored.policyRow), decoder: decoder)
        let places = RowNumber.all(of: stored.id)
        let results = try connection.exchange(
            [HistoryReading.events, HistoryReading.messages].map { sql in
                .run(sql) { values in
                    values.add(places.lowerBound)
                    values.add(places.upperBound)
                }
            }, within: Session.readingPatience)
        return CaseHistory(
            id: stored.id, refundCase: refundCase, events: try results[0].map { try StoredEvent($0) },
            messages: try results[1].map { row in
                let message = StoredMessage(row)
                return SentMessage(
                    message: try message.message(
                        of: refundCase.id, traceparent: refundCase.traceparent, heldUntil: row.instant(8),
                        submittedAt: refundCase.request.submittedAt),
                    confirmedAt: message.confirmedAt, lastError: message.lastError)
            })
    }
}
