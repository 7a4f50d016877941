import RefundPolicy

extension RefundCase {
    /// The customer takes the request back: honoured in review, or approved with no command committed for sending; else
    /// refused, once (contract § 4). A case in attention is a person's, also one that still cools off when its refund's
    /// deadline passes: a withdrawal is refused, and the person may void it.
    func applyWithdrawal(at now: Instant) -> Transition {
        var next = following()
        var effects: [Effect] = []
        if mayBeWithdrawn {
            let isRevoked = state.fulfilment?.revocation.isDone ?? false
            next.withdraw(at: now, into: &effects)
            // By hand, while both commands were still held.
            if isRevoked { next.send(.accessToRestore, into: &effects) }
        } else if state.status != .withdrawn {
            next.send(.withdrawalRefused, into: &effects)
        }
        // Said before: the customer has had the answer.
        return effects.isEmpty ? .unchanged : .changed(next, effects)
    }

    /// Ends a case of which nothing was sent.
    mutating func withdraw(at now: Instant, into effects: inout [Effect]) {
        endDeadlines(at: now, into: &effects)
        state = .withdrawn(at: now)
        send(.withdrawn, into: &effects)
    }

    private var mayBeWithdrawn: Bool {
        switch state {
        case .inReview: true
        case .approved(let fulfilment): fulfilment.commands.allSatisfy { $0.current == nil }
        case .rejected, .withdrawn, .attention, .settled: false
        }
    }
}
