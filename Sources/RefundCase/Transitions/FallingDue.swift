import RefundPolicy

extension RefundCase {
    /// Time has come for a deadline or a command. Acts only on what is due at `now`, so that an early call, or a clock
    /// that steps back, changes nothing.
    func applyDue(knowing facts: PublicationFacts, at now: Instant) -> Transition {
        guard let dueAt, dueAt <= now else { return .unchanged }
        var next = following()
        var effects: [Effect] = []
        if let answeredAt = facts.answeredAt, state.status != .inReview, next.deadlines.response != .missed {
            next.deadlines.response = answeredAt <= respondBy ? .met : next.deadlines.response
        }
        if state.status.isOpen, var fulfilment = state.fulfilment {
            if let coolsUntil = fulfilment.coolsUntil, coolsUntil <= now {
                next.sendFirst(&fulfilment, at: now, into: &effects)
            }
            for kind in CommandKind.allCases {
                guard var command = fulfilment[kind], let due = command.dueAt, due <= now else { continue }
                let mayGo = facts[kind] == .out && !(kind == .payout && facts.payoutsArePaused)
                next.fallDue(&command, wasOut: mayGo, at: now, into: &effects)
                fulfilment[kind] = command
            }
            next.carry(fulfilment, at: now, into: &effects)
        }
        next.passDeadlines(at: now, answerIsOnItsWay: false, into: &effects)
        return .changed(next, effects)
    }

    /// - Parameter wasOut: the broker has its message, and no pause holds it: else no attempt is spent on waiting, for the
    ///   other side can't have answered.
    private mutating func fallDue(
        _ command: inout Command, wasOut: Bool, at now: Instant, into effects: inout [Effect]
    ) {
        switch command.progress {
        case .awaitingReply where !wasOut:
            command.progress = .awaitingReply(until: replyDue(for: command, at: now))
        case .awaitingReply where command.attempts >= policy.commands.maxAttempts:
            giveUp(&command, because: .unanswered, into: &effects)
        case .awaitingReply, .retrying:
            sendAgain(&command, at: now, into: &effects)
        case .held, .succeeded, .doneByHand, .failed, .ended:
            break
        }
    }
}
