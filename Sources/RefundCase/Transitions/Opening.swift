public import RefundPolicy

extension RefundCase {
    /// Decides a request and opens its case (contract §§ 1, 3 and 4).
    ///
    /// - Parameters:
    ///   - policy: the version in force on the invoice's date.
    ///   - standing: what other cases have done with the request's invoice line.
    ///   - traceparent: the request's W3C trace, carried on by every message of the case.
    ///   - now: when it is decided. The deadlines count from the submission, whenever that is.
    public static func open(
        _ request: RefundRequest, policy: PolicyVersion, standing: InvoiceLine.Standing, traceparent: String?,
        at now: Instant
    ) -> (RefundCase, [Effect]) {
        var opened = RefundCase(
            request: request, policy: policy, standing: standing, openedAt: now, traceparent: traceparent,
            state: .inReview, deadlines: Deadlines(response: .pending, refund: .pending), review: nil,
            lastRetry: nil, eventCount: 1, messageCount: 0, told: [])
        var effects: [Effect] = []
        let decision = policy.decide(request, line: standing)
        switch decision.outcome {
        case .approved:
            // An approved decision always has an amount; were it missing, a person has to look.
            if let refund = decision.refund {
                opened.approve(refund, at: now, into: &effects)
            } else {
                opened.send(.notice(.inReview), into: &effects)
            }
        case .rejected: opened.reject(at: now, into: &effects)
        case .inReview: opened.send(.notice(.inReview), into: &effects)
        }
        opened.passDeadlines(at: now, answerIsOnItsWay: opened.state.status != .inReview, into: &effects)
        return (opened, effects)
    }

    /// Approves: revoke first, then the payout, then the customer is told.
    mutating func approve(_ refund: Money, at now: Instant, into effects: inout [Effect]) {
        var fulfilment = Fulfilment(
            approvedAt: now, refund: refund,
            revocation: Command(kind: .revoke, key: 1, issuedAt: now, attempts: 0, sendings: 0, progress: .held),
            payout: nil,
            round: 1)
        issue(&fulfilment.revocation, at: now, into: &effects)
        if refund.isZero {
            // No money is promised, so that promise is kept.
            deadlines.refund = .met
        } else {
            var payout = Command(kind: .payout, key: 1, issuedAt: now, attempts: 0, sendings: 0, progress: .held)
            if policy.payout == .onApproval { issue(&payout, at: now, into: &effects) }
            fulfilment.payout = payout
        }
        state = .approved(fulfilment)
        send(.notice(.approved), into: &effects)
    }

    /// Rejects: the customer is told why, and nothing is owed any more.
    mutating func reject(at now: Instant, into effects: inout [Effect]) {
        state = .rejected(at: now)
        if deadlines.refund != .missed { deadlines.refund = .met }
        send(.notice(.rejected), into: &effects)
    }

    /// Sends a command under its current key, which has not been sent before.
    mutating func issue(_ command: inout Command, at now: Instant, into effects: inout [Effect]) {
        command.issuedAt = now
        command.attempts += 1
        command.sendings = 1
        command.message = MessageOrdinal(messageCount)
        command.progress = .awaitingReply(until: replyDue(for: command, at: now))
        send(.command(command.kind, key: command.key), into: &effects)
    }

    /// Until when a reply to the command's latest attempt may take: `reply_within`, and from the second attempt on
    /// also the backoff (contract § 5).
    func replyDue(for command: Command, at now: Instant) -> Instant {
        let reply = now + policy.commands.replyWithin
        return reply + wait(beforeAttempt: command.attempts, of: command)
    }
}
