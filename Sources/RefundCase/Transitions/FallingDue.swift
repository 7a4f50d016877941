public import RefundPolicy

extension RefundCase {
    /// Time has come for a deadline or a command. Acts only on what is due at `now`, so that an early call, or a clock
    /// that steps back, changes nothing.
    func applyDue(knowing facts: PublicationFacts, at now: Instant) -> Transition {
        guard let dueAt, dueAt <= now else { return .unchanged }
        var next = following()
        var effects: [Effect] = []
        next.deadlines = deadlines(answeredAt: facts.answeredAt)
        var waiting: [CommandKind: Command] = [:]
        if state.status.isOpen, var fulfilment = state.fulfilment {
            if let coolsUntil = fulfilment.coolsUntil, coolsUntil <= now {
                next.sendFirst(&fulfilment, at: now, into: &effects)
            }
            for kind in CommandKind.allCases {
                guard var command = fulfilment[kind], let due = command.dueAt, due <= now else { continue }
                let mayGo = facts[kind] == .out && !(kind == .payout && facts.payoutsArePaused)
                if case .awaitingReply = command.progress, !mayGo {
                    // No attempt is spent on waiting: the other side can't have answered.
                    waiting[kind] = command
                    command.progress = .awaitingReply(until: next.replyDue(for: command, at: now))
                } else {
                    next.fallDue(&command, at: now, into: &effects)
                }
                fulfilment[kind] = command
            }
            next.carry(fulfilment, at: now, into: &effects)
        }
        next.passDeadlines(at: now, answerIsOnItsWay: false, into: &effects)
        if effects.isEmpty, !waiting.isEmpty, let until = next.dueAt, next.undoing(waiting) == following() {
            return .waits(until: until)
        }
        return .changed(next, effects)
    }

    /// The same with these commands as they were.
    private func undoing(_ waiting: [CommandKind: Command]) -> RefundCase {
        guard var fulfilment = state.fulfilment else { return self }
        for (kind, command) in waiting { fulfilment[kind] = command }
        var before = self
        before.state = state.carrying(fulfilment)
        return before
    }

    private mutating func fallDue(_ command: inout Command, at now: Instant, into effects: inout [Effect]) {
        switch command.progress {
        case .awaitingReply where command.attempts >= policy.commands.maxAttempts:
            giveUp(&command, because: .unanswered, into: &effects)
        case .awaitingReply, .retrying:
            sendAgain(&command, at: now, into: &effects)
        case .held, .succeeded, .doneByHand, .failed, .ended:
            break
        }
    }
}

extension RefundCase {
    /// The facts for a look at what is due: a reply is waited for from the broker's confirm on. A command that the broker
    /// got late (after a pause, or when it was away) counts as on its way until most of the wait is over.
    ///
    /// - Parameter confirms: when the broker confirmed the latest sendings.
    public func waitingForReplies(
        _ facts: PublicationFacts, confirmed confirms: CommandConfirms, at now: Instant
    ) -> PublicationFacts {
        var facts = facts
        for kind in CommandKind.allCases where facts[kind] == .out {
            guard let command = state.fulfilment?[kind], case .awaitingReply = command.progress,
                let confirmedAt = confirms[kind]
            else { continue }
            // A tenth is for the usual way to the broker, which must not put off every look.
            let wait = replyDue(for: command, at: now) - now
            if confirmedAt + wait * 9 / 10 > now { facts[kind] = .onItsWay }
        }
        return facts
    }
}
