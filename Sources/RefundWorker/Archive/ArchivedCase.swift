public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What stays in a store of a case whose history was moved to an archive's file: enough to know the request when it
/// comes again, and to keep other requests off an invoice line that was refunded.
public struct ArchivedCase: Hashable, Sendable {
    public var requestID: RequestID
    /// What the request said.
    public var digest: ContentDigest
    /// How the case ended: rejected, withdrawn or settled.
    public var status: CaseStatus
    /// The line that it means something to for good; `nil` unless it was settled, or paid after its end.
    public var line: InvoiceLine?
    /// It has ended the service with nothing to pay; what was paid for its line, and the invoice's total. Unknown for what
    /// older versions have archived.
    public var hasPaidNothing = false
    public var paid: Money?
    public var total: Money?
    public var proof: ProofUse?
    public var archivedAt: Instant

    public init(
        requestID: RequestID, digest: ContentDigest, status: CaseStatus, line: InvoiceLine?, archivedAt: Instant
    ) {
        self.requestID = requestID
        self.digest = digest
        self.status = status
        self.line = line
        self.archivedAt = archivedAt
    }

    public init(_ refundCase: RefundCase, archivedAt: Instant) {
        self.init(
            requestID: refundCase.id, digest: ContentDigest(of: refundCase.request), status: refundCase.state.status,
            line: refundCase.lineBearing == .none ? nil : refundCase.request.line,
            archivedAt: archivedAt)
        hasPaidNothing = refundCase.lineBearing == .ended
        guard line != nil else { return }
        paid = refundCase.request.invoice.paid
        total = refundCase.request.invoice.total
        proof = refundCase.request.proofUse
    }
}

extension ArchiveRecord {
    /// The line of a case in an archive's file.
    public init(_ history: CaseHistory, archivedAt: Instant) {
        self.init(
            of: history.refundCase, events: history.events,
            messages: history.messages.map { sent in
                Message(
                    encoded: sent.message.encoded, createdAt: sent.message.createdAt, attempt: sent.message.attempt,
                    confirmedAt: sent.confirmedAt)
            }, archivedAt: archivedAt)
    }
}
