import RefundPolicy

extension RefundCase {
    /// Time has come for a deadline or a command. Acts only on what is due at `now`, so that an early call, or a clock
    /// that steps back, changes nothing.
    func applyDue(_ facts: PublicationFacts, at now: Instant) -> Transition {
        guard let dueAt, dueAt <= now else { return .unchanged }
        var next = following()
        var effects: [Effect] = []
        if let answeredAt = facts.answeredAt, state.status != .inReview, next.deadlines.response != .missed {
            next.deadlines.response = answeredAt <= respondBy ? .met : next.deadlines.response
        }
        if var fulfilment = state.fulfilment {
            for kind in CommandKind.allCases {
                guard var command = fulfilment[kind], let due = command.dueAt, due <= now else { continue }
                let isOut = kind == .revoke ? facts.revocationIsOut : facts.payoutIsOut
                next.fallDue(&command, isOut: isOut, round: fulfilment.round, at: now, into: &effects)
                fulfilment[kind] = command
            }
            if case .settled = state {} else { next.carry(fulfilment, at: now, into: &effects) }
        }
        next.passDeadlines(at: now, answerIsOnItsWay: false, into: &effects)
        return .changed(next, effects)
    }

    private mutating func fallDue(
        _ command: inout Command, isOut: Bool, round: Int, at now: Instant, into effects: inout [Effect]
    ) {
        switch command.progress {
        case .awaitingReply where !isOut:
            // The broker has not taken it yet, so the other side can't have answered: no attempt is spent on waiting.
            command.progress = .awaitingReply(until: replyDue(for: command, at: now))
        case .awaitingReply where command.attempts >= policy.commands.maxAttempts:
            giveUp(&command, because: .unanswered, round: round, into: &effects)
        case .awaitingReply, .retrying:
            sendAgain(&command, at: now, into: &effects)
        case .held, .succeeded, .failed:
            break
        }
    }
}
