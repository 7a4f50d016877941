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
    /// The line that it holds for good; `nil` unless it was settled, or paid after its end.
    public var line: InvoiceLine?
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
            line: refundCase.holdsLine || refundCase.isPaidAfterEnd ? refundCase.request.line : nil,
            archivedAt: archivedAt)
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
