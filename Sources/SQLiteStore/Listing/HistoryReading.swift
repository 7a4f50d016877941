import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Reads whole cases: with all that happened to them and all that they sent.
struct HistoryReading {
    private let findByRequest: BoundStatement
    private let findByNumber: BoundStatement
    private let findEvents: BoundStatement
    private let findMessages: BoundStatement
    private let versions: KnownVersions
    private let decoder = InboundDecoder()

    init(_ database: Database, versions: KnownVersions) throws {
        let cases = "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join)"
        findByRequest = try BoundStatement("\(cases) WHERE c.request_id = ?", in: database)
        findByNumber = try BoundStatement("\(cases) WHERE c.id = ?", in: database)
        findEvents = try BoundStatement(
            "SELECT \(StoredEvent.columns) FROM events WHERE id BETWEEN ? AND ? ORDER BY id", in: database)
        findMessages = try BoundStatement(
            """
            SELECT m.id, m.message_id, m.type, m.created_at, p.attempt, m.body,
                CASE WHEN p.next_at IS NULL THEN p.confirmed_at END, p.last_error, p.held_until
            FROM messages AS m JOIN publications AS p ON p.id = m.id WHERE m.id BETWEEN ? AND ? ORDER BY m.id
            """, in: database)
        self.versions = versions
    }

    /// - Throws: `DeadLetterReason` when the case can't be read; what SQLite failed with otherwise.
    func history(of id: RequestID) throws -> CaseHistory? {
        try findByRequest.first({ $0.add(id.text) }, as: { StoredCase($0) }).map(whole)
    }

    /// - Throws: as above.
    func history(of id: CaseID) throws -> CaseHistory? {
        try findByNumber.first({ $0.add(id.number) }, as: { StoredCase($0) }).map(whole)
    }

    private func whole(_ stored: StoredCase) throws -> CaseHistory {
        let refundCase = try stored.decoded(versions: versions, decoder: decoder).get()
        let rows = RowNumber.all(of: stored.id)
        return CaseHistory(
            id: stored.id, refundCase: refundCase,
            events: try findEvents.all({ $0.add(rows) }, as: { try StoredEvent($0) }),
            messages: try findMessages.all({ $0.add(rows) }, as: { try SentMessage($0, of: refundCase) }))
    }
}

extension SentMessage {
    /// Reads `id, message_id, type, created_at, attempt, body, confirmed_at, last_error, held_until`.
    fileprivate init(_ row: ResultRow, of refundCase: RefundCase) throws {
        self.init(
            message: try OutboxMessage(
                row, body: 5, requestID: refundCase.id, traceparent: refundCase.traceparent,
                heldUntil: Instant(microsecondsSinceEpoch: row.integer(8)),
                submittedAt: refundCase.request.submittedAt),
            confirmedAt: row.optionalInteger(6).map(Instant.init(microsecondsSinceEpoch:)),
            lastError: row.optionalText(7))
    }
}
