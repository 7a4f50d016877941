import RefundPolicy

extension RefundCase {
    /// Moves both deadlines on to `now`, and tells each step once.
    ///
    /// - Parameter answerIsOnItsWay: the final notice leaves with this very step, so there is nothing to warn of.
    mutating func passDeadlines(at now: Instant, answerIsOnItsWay: Bool, into effects: inout [Effect]) {
        pass(
            \.response, kind: .response, by: respondBy, atRisk: policy.atRisk.response, warns: !answerIsOnItsWay,
            at: now, into: &effects)
        passRefundDeadline(at: now, into: &effects)
    }

    /// The same for the refund alone: replies tell nothing about the answer, whose confirmation only the store knows.
    mutating func passRefundDeadline(at now: Instant, into effects: inout [Effect]) {
        pass(
            \.refund, kind: .refund, by: refundBy, atRisk: policy.atRisk.refund, warns: true, at: now,
            into: &effects)
    }

    /// What the refund's deadline was for is done, or is owed no more.
    mutating func meetRefundDeadline(at now: Instant, into effects: inout [Effect]) {
        if now < refundBy, deadlines.refund != .missed { deadlines.refund = .met }
        passRefundDeadline(at: now, into: &effects)
    }

    /// Neither an answer nor money is owed any more. What was missed by now stays so.
    mutating func endDeadlines(at now: Instant, into effects: inout [Effect]) {
        // An approval has been answered; its confirmation is not waited for.
        let isLate = now >= respondBy && state.status == .inReview
        if !isLate, deadlines.response != .missed { deadlines.response = .met }
        if now < refundBy, deadlines.refund != .missed { deadlines.refund = .met }
        passDeadlines(at: now, answerIsOnItsWay: true, into: &effects)
    }

    private mutating func pass(
        _ deadline: WritableKeyPath<Deadlines, Deadlines.Standing>, kind: DeadlineKind, by: Instant,
        atRisk: Period, warns: Bool, at now: Instant, into effects: inout [Effect]
    ) {
        let standing = deadlines[keyPath: deadline]
        guard standing == .pending || standing == .atRisk else { return }
        if now >= by {
            deadlines[keyPath: deadline] = .missed
            if kind == .refund, case .approved(let fulfilment) = state { state = .attention(fulfilment) }
            send(.deadlineMissed(kind), into: &effects)
        } else if standing == .pending, now >= policy.start(of: atRisk, endingAt: by) {
            deadlines[keyPath: deadline] = .atRisk
            if warns { send(.deadlineAtRisk(kind), into: &effects) }
        }
    }
}
