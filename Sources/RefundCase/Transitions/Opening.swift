public import RefundPolicy

extension RefundCase {
    /// Decides a request and opens its case (contract §§ 1, 3 and 4).
    ///
    /// - Parameters:
    ///   - policy: the version in force on the invoice's date, with all its terms.
    ///   - standing: what other cases have done with the request's invoice line.
    ///   - withdrawal: that the customer has withdrawn it already, which wins whatever would be decided.
    ///   - traceparent: the request's W3C trace, carried on by every message of the case.
    ///   - now: when it is decided. The deadlines count from the submission, whenever that is.
    public static func open(
        _ request: RefundRequest, policy: PolicyVersion, standing: InvoiceLine.Standing, withdrawal: Withdrawal? = nil,
        traceparent: String?, at now: Instant
    ) -> (RefundCase, [Effect]) {
        var opened = RefundCase(
            request: request, policy: policy, standing: standing, openedAt: now, traceparent: traceparent,
            state: .inReview, deadlines: Deadlines(response: .pending, refund: .pending), review: nil,
            eventCount: 1, messageCount: 0, told: Told())
        var effects: [Effect] = []
        if opened.policy.acknowledges { opened.send(.received, into: &effects) }
        guard withdrawal == nil else {
            opened.withdraw(at: now, into: &effects)
            return (opened, effects)
        }
        let decision = opened.decision
        switch decision.outcome {
        case .approved:
            // An approved decision always has an amount; were it missing, a person has to look.
            if let refund = decision.refund {
                opened.approve(refund, at: now, into: &effects)
            } else {
                opened.send(.inReview, into: &effects)
            }
        case .rejected: opened.reject(nil, at: now, into: &effects)
        case .inReview: opened.send(.inReview, into: &effects)
        }
        opened.passDeadlines(at: now, answerIsOnItsWay: opened.state.status != .inReview, into: &effects)
        return (opened, effects)
    }

    /// Approves: revoke first, then the payout, then the customer is told. With `cooling_off` both are held.
    mutating func approve(_ refund: Money, at now: Instant, into effects: inout [Effect]) {
        var fulfilment = Fulfilment(
            approvedAt: now, refund: refund, revocation: Command(kind: .revoke),
            payout: refund.isZero ? nil : Command(kind: .payout),
            coolsUntil: policy.coolingOff == .zero ? nil : policy.end(of: policy.coolingOff, from: now))
        // No money is promised where there is none, so that promise is kept.
        if refund.isZero, deadlines.refund != .missed { deadlines.refund = .met }
        if fulfilment.coolsUntil == nil { sendFirst(&fulfilment, at: now, into: &effects) }
        state = fulfilment.isGivenUp || deadlines.refund == .missed ? .attention(fulfilment) : .approved(fulfilment)
        send(.approved, into: &effects)
    }

    /// Sends what an approval asks for, for the first time.
    mutating func sendFirst(_ fulfilment: inout Fulfilment, at now: Instant, into effects: inout [Effect]) {
        fulfilment.coolsUntil = nil
        if fulfilment.revocation.progress == .held { issue(&fulfilment.revocation, at: now, into: &effects) }
        if policy.payout == .onApproval || fulfilment.revocation.isDone {
            releasePayout(&fulfilment, at: now, into: &effects)
        }
    }

    /// Rejects: the customer is told why, and nothing is owed any more.
    mutating func reject(_ fulfilment: Fulfilment?, at now: Instant, into effects: inout [Effect]) {
        state = .rejected(fulfilment, at: now)
        if deadlines.refund != .missed { deadlines.refund = .met }
        send(.rejected, into: &effects)
    }
}
