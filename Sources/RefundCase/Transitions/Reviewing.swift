import RefundPolicy

extension RefundCase {
    /// A person decides (contract §§ 3 and 4).
    func applyReview(_ review: Review, knowing facts: PublicationFacts, at now: Instant) -> Transition {
        switch (review.verdict, state) {
        case (.approve, .inReview): approved(by: review, at: now)
        case (.reject, .inReview), (.void, .inReview): rejected(by: review, at: now)
        case (.accessWithdrawn, .approved(let fulfilment)), (.accessWithdrawn, .attention(let fulfilment)):
            accessWithdrawn(by: review, fulfilment, knowing: facts, at: now)
        case (.close, .attention(let fulfilment)): closed(by: review, fulfilment, knowing: facts, at: now)
        case (.void, .approved(let fulfilment)), (.void, .attention(let fulfilment)):
            voided(by: review, fulfilment, knowing: facts, at: now)
        default: .refused(.notApplicable)
        }
    }

    private func approved(by review: Review, at now: Instant) -> Transition {
        if let amount = review.amount, !amount.isAtMost(request.invoice.paid) { return .refused(.invalidAmount) }
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
        next.reject(nil, at: now, into: &effects)
        next.passDeadlines(at: now, answerIsOnItsWay: true, into: &effects)
        return .changed(next, effects)
    }

    /// The access was taken away by hand: the revocation counts as done, and the payout goes on.
    private func accessWithdrawn(
        by review: Review, _ before: Fulfilment, knowing facts: PublicationFacts, at now: Instant
    ) -> Transition {
        guard !before.revocation.isDone else { return .refused(.notApplicable) }
        var fulfilment = before
        var next = following()
        var effects: [Effect] = []
        next.review = review
        effects += stopping(fulfilment.revocation, knowing: facts)
        fulfilment.revocation.progress = .doneByHand
        next.releasePayout(&fulfilment, at: now, into: &effects)
        next.carry(fulfilment, at: now, into: &effects)
        next.passRefundDeadline(at: now, into: &effects)
        return .changed(next, effects)
    }

    /// A case in attention was settled by other means: all sending of it ends, the revocation's as well.
    private func closed(
        by review: Review, _ before: Fulfilment, knowing facts: PublicationFacts, at now: Instant
    ) -> Transition {
        let owed = before.owed
        if let amount = review.amount {
            // Nothing paid by other means settles nothing that is owed.
            guard amount.isAtMost(owed), !amount.isZero || owed.isZero else { return .refused(.invalidAmount) }
        }
        guard !facts.isAnyOnItsWay else { return .notYet }
        var fulfilment = before
        var next = following()
        var effects = fulfilment.commands.filter { !$0.stands }.flatMap { stopping($0, knowing: facts) }
        next.review = review
        fulfilment.coolsUntil = nil
        fulfilment.closing = Fulfilment.Closing(
            paidByOtherMeans: review.amount ?? owed, reference: review.reference,
            payoutStood: fulfilment.payout?.stands ?? false)
        if !fulfilment.revocation.stands { fulfilment.revocation.progress = .doneByHand }
        if let payout = fulfilment.payout, !payout.stands { fulfilment.payout?.progress = .ended }
        next.meetRefundDeadline(at: now, into: &effects)
        next.settle(fulfilment, at: now, into: &effects)
        return .changed(next, effects)
    }

    /// No refund is made after all. While a payout may be with the payout system this can't be said any more.
    private func voided(
        by review: Review, _ before: Fulfilment, knowing facts: PublicationFacts, at now: Instant
    ) -> Transition {
        if let payout = before.payout {
            let mayBePaid = payout.unansweredKey != nil && (facts.payout == .out || facts.payout == .inDoubt)
            guard !payout.stands, !mayBePaid else { return .refused(.notApplicable) }
        }
        guard !facts.isAnyOnItsWay else { return .notYet }
        var fulfilment = before
        var next = following()
        var effects = fulfilment.commands.filter { !$0.stands }.flatMap { stopping($0, knowing: facts) }
        next.review = review
        fulfilment.coolsUntil = nil
        let isRevoked = fulfilment.revocation.isDone || fulfilment.mayHaveSent(.revoke, knowing: facts)
        fulfilment.revocation.progress = .ended
        fulfilment.payout?.progress = .ended
        next.endDeadlines(at: now, into: &effects)
        next.reject(fulfilment, at: now, into: &effects)
        if isRevoked { next.send(.accessToRestore, into: &effects) }
        return .changed(next, effects)
    }
}

extension Money {
    fileprivate func isAtMost(_ limit: Money) -> Bool {
        currency == limit.currency && minorUnits <= limit.minorUnits
    }
}
