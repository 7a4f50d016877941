public import RefundCase
public import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Decides requests without a broker: what a worker would say, knowing what a store holds of the line, or if no other case
/// had touched it.
public struct Evaluation: Sendable {
    private let policies: PolicyShelf
    private let now: Instant?

    /// - Parameter now: when it is decided; `nil` for the moment of each decision.
    public init(policy: Policy, now: Instant?) {
        policies = PolicyShelf(policy)
        self.now = now
    }

    /// The case that a worker would open for `refund.requested` with this body, which says by itself what its invoice came
    /// to.
    ///
    /// - Throws: why it would become a dead letter instead.
    public func decide(_ body: [UInt8]) throws(DeadLetterReason) -> RefundCase {
        let (request, instant) = try read(body)
        return opened(request, standing: LineSurroundings().standing(of: request.invoice), at: instant)
    }

    /// The same beside the cases of a store, of which nothing is changed.
    ///
    /// - Throws: `DeadLetterReason` as above, or `StoreError`.
    public func decide(_ body: [UInt8], beside survey: any CaseSurvey) throws -> RefundCase {
        let (request, instant) = try read(body)
        return opened(request, standing: try survey.standing(of: request), at: instant)
    }

    /// What judges the request in this body: the version in force on its invoice's date, as its terms change it.
    ///
    /// - Throws: as above.
    public func terms(
        for body: [UInt8]
    ) throws(DeadLetterReason) -> (request: RefundRequest, version: PolicyVersion) {
        let (request, _) = try read(body)
        return (request, policies.version(forInvoiceIssuedOn: request.invoice.issuedOn).version.applied(to: request))
    }

    private func read(_ body: [UInt8]) throws(DeadLetterReason) -> (RefundRequest, Instant) {
        let instant = now ?? SystemClock.now()
        guard case .requested(let request) = try InboundDecoder().decode(body, as: .requested, at: instant) else {
            throw .unknownType
        }
        return (request, instant)
    }

    private func opened(_ request: RefundRequest, standing: InvoiceLine.Standing, at instant: Instant) -> RefundCase {
        let policy = policies.version(forInvoiceIssuedOn: request.invoice.issuedOn).version
        return RefundCase.open(request, policy: policy, standing: standing, traceparent: nil, at: instant).0
    }
}
