import RefundPolicy

extension RefundCase {
    /// A person decides (contract §§ 3 and 4): approve or reject what is in review, close what is in attention.
    func applyReview(_ review: Review, at now: Instant) -> Transition {
        // The same verdict once more, after a redelivery. Where it can act again, it does: a case that was closed and has
        // come back may be closed in the same words.
        guard allows(review.verdict) else { return self.review == review ? .unchanged : .refused(.notApplicable) }
        if let amount = review.amount, !isAtMostPaid(amount) { return .refused(.invalidAmount) }
        switch review.verdict {
        case .approve: return approved(by: review, at: now)
        case .reject: return rejected(by: review, at: now)
        case .close: return closed(by: review, at: now)
        }
    }

    private func allows(_ verdict: Review.Verdict) -> Bool {
        switch (verdict, state) {
        case (.approve, .inReview), (.reject, .inReview), (.close, .attention): true
        default: false
        }
    }

    private func isAtMostPaid(_ amount: Money) -> Bool {
        let paid = request.invoice.paid
        return amount.currency == paid.currency && amount.minorUnits <= paid.minorUnits
    }

    private func approved(by review: Review, at now: Instant) -> Transition {
        guard let refund = review.amount ?? decision.calculation?.refund else { return .refused(.amountNeeded) }
        var next = following()
        var effects: [Effect] = []
        next.review = review
        next.approve(refund, at: now, into: &effects)
        next.passDeadlines(at: now, answerIsOnItsWay: true, into: &effects)
        return .changed(next, effects)
    }

    private func rejected(by review: Review, at now: Instant) -> Transition {
        var next = following()
        var effects: [Effect] = []
        next.review = review
        next.reject(at: now, into: &effects)
        next.passDeadlines(at: now, answerIsOnItsWay: true, into: &effects)
        return .changed(next, effects)
    }

    private func closed(by review: Review, at now: Instant) -> Transition {
        guard let fulfilment = state.fulfilment else { return .refused(.notApplicable) }
        var next = following()
        var effects: [Effect] = []
        next.review = review
        next.state = .settled(fulfilment.stopped(), at: now)
        next.meetRefundDeadline(at: now, into: &effects)
        if let payout = fulfilment.payout, !payout.hasSucceeded, let message = payout.message {
            // The broker may never have taken it: then it must not go out on some later day.
            effects.append(.takeBack(.payout, message))
        }
        next.send(.notice(.settled), into: &effects)
        return .changed(next, effects)
    }
}

extension Fulfilment {
    /// The same with nothing left to send: a person has settled it by other means.
    fileprivate func stopped() -> Fulfilment {
        var fulfilment = self
        for command in commands where command.dueAt != nil {
            fulfilment[command.kind]?.progress = .failed(.unanswered)
        }
        if let payout, !payout.hasSucceeded { fulfilment.isPaidOtherwise = true }
        return fulfilment
    }
}
