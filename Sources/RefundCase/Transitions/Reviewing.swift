import RefundPolicy

extension RefundCase {
    /// A person decides (contract §§ 3 and 4): approve or reject what is in review, close what is in attention.
    func applyReview(_ review: Review, at now: Instant) -> Transition {
        // The same verdict once more, after a redelivery.
        if self.review == review { return .unchanged }
        switch (review.verdict, state) {
        case (.approve, .inReview): return approved(by: review, at: now)
        case (.reject, .inReview): return rejected(by: review, at: now)
        case (.close, .attention(let fulfilment)): return closed(fulfilment, by: review, at: now)
        default: return .refused(.notApplicable)
        }
    }

    private func approved(by review: Review, at now: Instant) -> Transition {
        guard let refund = review.amount ?? decision.calculation?.refund else { return .refused(.amountNeeded) }
        let paid = request.invoice.paid
        guard refund.currency == paid.currency, refund.minorUnits <= paid.minorUnits else {
            return .refused(.invalidAmount)
        }
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

    private func closed(_ fulfilment: Fulfilment, by review: Review, at now: Instant) -> Transition {
        var next = following()
        var effects: [Effect] = []
        next.review = review
        next.state = .settled(fulfilment.stopped(), at: now)
        next.deadlines.refund = next.deadlines.refund == .missed ? .missed : .met
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
        return fulfilment
    }
}
