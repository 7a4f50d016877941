public import RefundPolicy

/// One request's life, from the decision to the money (contract § 4).
///
/// A value: `open` makes it, `apply` gives the next one, and nothing else changes it. The events alone rebuild it.
public struct RefundCase: Hashable, Sendable {
    /// How it began, which never changes.
    public let origin: CaseOrigin

    public internal(set) var state: CaseState
    public internal(set) var deadlines: Deadlines
    /// What a person decided, if one had to.
    public internal(set) var review: Review?
    /// How many events were applied, the opening included.
    public internal(set) var eventCount: Int
    /// How many messages were sent, re-sends not counted.
    public internal(set) var messageCount: Int
    /// The notices and alerts that were sent.
    public internal(set) var told: Told

    /// For whoever rebuilds a case from what a store kept of it.
    ///
    /// - Parameter policy: the version that was in force, with all its terms.
    public init(
        request: RefundRequest, policy: PolicyVersion, standing: InvoiceLine.Standing, openedAt: Instant,
        traceparent: String?, state: CaseState, deadlines: Deadlines, review: Review?,
        eventCount: Int, messageCount: Int, told: Told
    ) {
        origin = CaseOrigin(
            request: request, policy: policy, standing: standing, openedAt: openedAt, traceparent: traceparent)
        self.state = state
        self.deadlines = deadlines
        self.review = review
        self.eventCount = eventCount
        self.messageCount = messageCount
        self.told = told
    }

    public var id: RequestID { origin.request.id }

    @inlinable public var request: RefundRequest { origin.request }
    /// The terms that were in force on the invoice's date, as they are for this request; they hold for good.
    @inlinable public var policy: PolicyVersion { origin.policy }
    /// What other cases had done with the invoice line when this one was decided.
    @inlinable public var standing: InvoiceLine.Standing { origin.standing }
    @inlinable public var openedAt: Instant { origin.openedAt }
    /// The W3C `traceparent` that came with the request.
    @inlinable public var traceparent: String? { origin.traceparent }

    /// What the policy says about the request; recomputed, since it follows from what the case keeps.
    public var decision: Decision { policy.decide(request, line: standing, at: openedAt) }

    /// How each rule of the policy came out.
    public var findings: [RuleFinding] { policy.findings(for: request, line: standing, at: openedAt) }

    /// The same where nobody has looked at other requests of the line.
    public var findingsWithoutStore: [RuleFinding] {
        policy.findings(for: request, line: standing, hasLooked: false, at: openedAt)
    }

    /// What else the customer could have asked for.
    public var alternatives: [Alternative] {
        origin.version.alternatives(to: request, line: standing, at: openedAt)
    }

    public var respondBy: Instant { policy.respondBy(submittedAt: request.submittedAt) }

    public var refundBy: Instant { policy.refundBy(submittedAt: request.submittedAt) }

    /// When the case needs to be looked at although no message came; `nil` when never.
    public var dueAt: Instant? {
        let deadline = deadlines.nextDue(respondBy: respondBy, refundBy: refundBy, under: policy)
        guard let fulfilment = state.fulfilment else { return deadline }
        let command = earliest(fulfilment.revocation.dueAt, fulfilment.payout?.dueAt)
        return earliest(deadline, earliest(fulfilment.coolsUntil, command))
    }

    /// Whether the case keeps others off its invoice line: it is open, or has granted something (contract § 3, "The line").
    ///
    /// One in review over whose line it is holds none; one that has ended the service with nothing to pay does not either, and
    /// never again: another may have the line by the time that its revocation is undone.
    public var holdsLine: Bool {
        switch state {
        case .inReview: !standing.isOfUnsettledLine
        case .settled, .approved, .attention: !hasEndedWithNothing
        case .rejected, .withdrawn: false
        }
    }

    private var hasEndedWithNothing: Bool {
        switch state {
        case .settled(let fulfilment, _): fulfilment.refund.isZero
        case .approved(let fulfilment), .attention(let fulfilment):
            fulfilment.refund.isZero && fulfilment.revocation.keys.contains { $0.firstSuccess != nil }
        case .inReview, .rejected, .withdrawn: false
        }
    }

    /// Whether a person has said that its line is another than those that are spelled alike.
    public var isOnOwnLine: Bool { standing.isOfUnsettledLine }

    /// What is granted: promised or paid, and not taken back.
    public var granted: Money {
        switch state {
        case .approved(let fulfilment), .attention(let fulfilment), .settled(let fulfilment, _): fulfilment.refund
        case .inReview, .rejected, .withdrawn: .zero(request.invoice.paid.currency)
        }
    }

    /// What went out although the case had ended without it.
    public var paidAfterEnd: Money {
        guard isPaidAfterEnd, let refund = state.fulfilment?.refund else { return .zero(request.invoice.paid.currency) }
        return refund
    }

    /// What the case means to others on its line.
    public var lineBearing: LineNeighbour.Bearing {
        if isPaidAfterEnd { return .refunded }
        if hasEndedWithNothing { return .ended }
        switch state {
        case .inReview, .approved, .attention: return .requested
        case .settled: return .refunded
        case .rejected, .withdrawn: return .none
        }
    }

    /// Whether money went out although the case was ended without any: it counts for the line, which the case does not hold.
    public var isPaidAfterEnd: Bool {
        if case .rejected(.some(let fulfilment), _) = state { fulfilment.payout?.stands ?? false } else { false }
    }

    /// Whether the payout system may still say that it paid although the case has ended without that: a payout was sent,
    /// and none stands. Such money is booked on the line and calls a person (contract § 4), which needs the case.
    public var mayBePaidAfterEnd: Bool {
        guard let payout = state.fulfilment?.payout, !state.status.isOpen else { return false }
        return !payout.keys.isEmpty && !payout.stands
    }

    /// What the case means for another request on its line.
    public var lineStanding: InvoiceLine.Standing {
        switch lineBearing {
        case .none: .free
        case .requested: .requested
        case .refunded: .refunded
        case .ended: .ended
        }
    }
}
