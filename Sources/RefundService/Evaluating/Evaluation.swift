public import RefundCase
public import RefundMessages
public import RefundPolicy
import RefundWorker

/// Decides requests without broker or store: what a worker would say if no other case had touched the invoice line.
public struct Evaluation: Sendable {
    private let policies: PolicyShelf
    private let now: Instant?

    /// - Parameter now: when it is decided; `nil` for the moment of each decision.
    public init(policy: Policy, now: Instant?) {
        policies = PolicyShelf(policy)
        self.now = now
    }

    /// The case that a worker would open for `refund.requested` with this body.
    ///
    /// - Throws: why it would become a dead letter instead.
    public func decide(_ body: [UInt8]) throws(DeadLetterReason) -> RefundCase {
        let instant = now ?? SystemClock.now()
        guard case .requested(let request) = try InboundDecoder().decode(body, as: .requested, at: instant) else {
            throw .unknownType
        }
        let policy = policies.version(forInvoiceIssuedOn: request.invoice.issuedOn).version
        return RefundCase.open(request, policy: policy, standing: .free, traceparent: nil, at: instant).0
    }
}
