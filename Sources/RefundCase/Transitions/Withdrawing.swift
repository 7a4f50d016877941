import RefundPolicy

extension RefundCase {
    /// The customer takes the request back: honoured in review, or approved with the payout not yet published, else
    /// refused (contract § 4).
    ///
    /// A payout that was committed counts as published: whether it has left is not for certain known.
    func applyWithdrawal(_ withdrawal: Withdrawal, at now: Instant) -> Transition {
        var next = following()
        var effects: [Effect] = []
        if mayBeWithdrawn {
            next.endDeadlines(at: now, into: &effects)
            next.state = .withdrawn(at: now)
            next.send(.notice(.withdrawn), into: &effects)
            if state.fulfilment != nil { next.send(.alert(.revokedAfterWithdrawal), into: &effects) }
        } else if state.status != .withdrawn {
            next.send(.notice(.withdrawalRefused), into: &effects)
        }
        // Said before: the customer has had the answer.
        return effects.isEmpty ? .unchanged : .changed(next, effects)
    }

    private var mayBeWithdrawn: Bool {
        switch state {
        case .inReview: true
        case .approved(let fulfilment): fulfilment.payout.map { $0.message == nil } ?? true
        case .rejected, .withdrawn, .attention, .settled: false
        }
    }
}
