import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A message's row, and what became of its publication.
struct StoredMessage {
    let number: Int64
    let id: String
    let confirmedAt: Instant?
    let lastError: String?
    private let type: String
    private let createdAt: Instant
    private let attempt: Int
    private let body: [UInt8]

    /// Reads `id, message_id, type, created_at, attempt, body, confirmed_at, last_error` from the columns 0 to 7.
    init(_ row: ResultRow) {
        number = row.integer(0)
        id = row.text(1)
        type = row.text(2)
        createdAt = row.instant(3)
        attempt = Int(row.integer(4))
        body = row.bytes(5)
        confirmedAt = row.optionalInstant(6)
        lastError = row.optionalText(7)
    }

    var caseID: CaseID { RowNumber.caseID(of: number) }
    var ordinal: MessageOrdinal { MessageOrdinal(RowNumber.place(of: number)) }

    /// - Throws: `DeadLetterReason.unprocessable` when only a newer worker knows the type.
    func message(
        of requestID: RequestID?, traceparent: String?, heldUntil: Instant = Instant(microsecondsSinceEpoch: 0),
        heldBefore: Instant? = nil, submittedAt: Instant?
    ) throws(DeadLetterReason) -> OutboxMessage {
        guard let type = OutboundType(rawValue: type) else {
            throw .unprocessable(
                problem: "a message is of a type that this version does not know; run the version that wrote it")
        }
        return OutboxMessage(
            key: MessageKey(caseID: caseID, ordinal: ordinal), requestID: requestID,
            encoded: EncodedMessage(id: id, type: type, body: body), createdAt: createdAt, attempt: attempt,
            traceparent: traceparent, heldUntil: heldUntil, heldBefore: heldBefore, submittedAt: submittedAt)
    }
}
