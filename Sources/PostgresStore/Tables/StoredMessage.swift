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
        of requestID: RequestID, traceparent: String?, submittedAt: Instant
    ) throws(DeadLetterReason) -> OutboxMessage {
        guard let type = OutboundType(rawValue: type) else {
            throw .unprocessable(
                problem: "a message is of a type that this version does not know; run the version that wrote it")
        }
        return OutboxMessage(
            key: MessageKey(caseID: caseID, ordinal: ordinal), requestID: requestID,
            encoded: EncodedMessage(id: id, type: type, body: body), createdAt: createdAt, attempt: attempt,
            traceparent: traceparent, submittedAt: submittedAt)
    }
}

extension LoadedCase {
    /// A case with its messages; with the reason if it can't be read, since one such case must not stop the others.
    init(
        _ row: StoredCase, _ messages: [StoredMessage], under version: Result<PolicyVersion, DeadLetterReason>,
        decoder: InboundDecoder
    ) {
        var facts = PublicationFacts(answeredAt: nil, revocationIsOut: false, payoutIsOut: false)
        var unsent: [OutboxMessage] = []
        do throws(DeadLetterReason) {
            let refundCase = try row.decoded(under: version, decoder: decoder)
            for message in messages {
                if let confirmedAt = message.confirmedAt {
                    facts.note(message, confirmedAt: confirmedAt, of: refundCase)
                } else {
                    unsent.append(
                        try message.message(
                            of: refundCase.id, traceparent: refundCase.traceparent,
                            submittedAt: refundCase.request.submittedAt))
                }
            }
            self.init(id: row.id, refundCase: .success(refundCase), unsent: unsent, facts: facts)
        } catch {
            self.init(id: row.id, refundCase: .failure(error), unsent: unsent, facts: facts)
        }
    }
}

extension PublicationFacts {
    fileprivate mutating func note(_ message: StoredMessage, confirmedAt: Instant, of refundCase: RefundCase) {
        let fulfilment = refundCase.state.fulfilment
        revocationIsOut = revocationIsOut || message.ordinal == fulfilment?.revocation.message
        payoutIsOut = payoutIsOut || message.ordinal == fulfilment?.payout?.message
        if OutboundType.isFinalAnswer(messageID: message.id, of: refundCase.id) { answeredAt = confirmedAt }
    }
}
