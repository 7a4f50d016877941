import RefundPolicy

extension RefundCase {
    /// The other side could not do what a key of a command asked (contract § 4, the table).
    func applyFailure(
        _ reply: CommandReply<Failure>, knowing facts: PublicationFacts, at now: Instant
    ) -> Transition {
        guard let command = state.fulfilment?[reply.kind], let place = command.place(of: reply.key, knowing: facts)
        else {
            return .refused(.notApplicable)
        }
        return switch command.keys[place].word {
        case .success: bounced(reply, at: now)
        case .nothing: answered(reply, knowing: facts, at: now)
        // It has failed before: other words for it change nothing.
        case .failure: .unchanged
        }
    }

    /// The failure of a key that stands: what was done was undone.
    private func bounced(_ reply: CommandReply<Failure>, at now: Instant) -> Transition {
        guard var fulfilment = state.fulfilment, var command = fulfilment[reply.kind],
            let place = command.place(of: reply.key)
        else { return .refused(.notApplicable) }
        var next = following()
        var effects: [Effect] = []
        let isContradiction = command.contradicts(reply.report, of: command.keys[place], arrivedAt: now)
        command.keys[place].word = .failure
        command.keys[place].failure = reply.report
        command.keys[place].bounces += 1
        guard !command.stands else {
            // What was done twice was undone once.
            fulfilment[reply.kind] = command
            next.state = state.carrying(fulfilment)
            next.send(.key(reply.kind, key: reply.key, .bounced), into: &effects)
            return .changed(next, effects)
        }
        next.send(.key(reply.kind, key: reply.key, isContradiction ? .contradicted : .bounced), into: &effects)
        let opens = isOpened(byBounceOf: reply.kind)
        if opens {
            command.progress = .failed(.bounced)
            command.awaitsPerson = true
        }
        fulfilment[reply.kind] = command
        next.state = state.carrying(fulfilment)
        guard opens else { return .changed(next, effects) }
        fulfilment.closing = nil
        next.state = .attention(fulfilment)
        if reply.kind == .payout {
            if next.deadlines.refund == .met { next.deadlines.refund = .pending }
            if next.told.times(NoticeKind.settled.rawValue) > next.told.times(NoticeKind.delayed.rawValue) {
                next.send(.delayed, into: &effects)
            }
        }
        next.passRefundDeadline(at: now, into: &effects)
        return .changed(next, effects)
    }

    /// Whether a bounce of the only key that stood leaves something to do. Of a case that a person has ended it does so
    /// exactly where what was told as paid was that payout's money (contract § 4, "Fine points").
    private func isOpened(byBounceOf kind: CommandKind) -> Bool {
        switch state {
        // Also where a person had done it by hand: the key stood after that, and what is told last counts.
        case .approved, .attention: true
        case .settled(let fulfilment, _): fulfilment.closing.map { kind == .payout && $0.payoutStood } ?? true
        case .rejected, .withdrawn, .inReview: false
        }
    }

    /// The failure of a key of which nothing was told yet; there is but one, the current.
    private func answered(
        _ reply: CommandReply<Failure>, knowing facts: PublicationFacts, at now: Instant
    ) -> Transition {
        guard var fulfilment = state.fulfilment, var command = fulfilment[reply.kind],
            let place = command.place(of: reply.key)
        else { return .refused(.notApplicable) }
        var next = following()
        // A copy of what was refused must not follow.
        var effects = stopping(command, knowing: facts)
        command.keys[place].word = .failure
        command.keys[place].failure = reply.report
        let isOver = command.stands || command.progress == .doneByHand || command.progress == .ended
        if !isOver {
            if reply.report.isRetryable, !command.awaitsPerson, command.attempts < policy.commands.maxAttempts {
                command.progress = .retrying(at: now + wait(beforeAttempt: command.attempts + 1, of: command))
            } else {
                next.giveUp(&command, because: .failed, into: &effects)
            }
        }
        fulfilment[reply.kind] = command
        next.state = state.carrying(fulfilment)
        guard state.status == .approved || state.status == .attention else { return .changed(next, effects) }
        next.carry(fulfilment, at: now, into: &effects)
        next.passRefundDeadline(at: now, into: &effects)
        return .changed(next, effects)
    }
}

extension Command {
    /// Whether a failure that is told after a success happened before it, by two clocks that are both in range. The clock
    /// of the key's first success counts.
    fileprivate func contradicts(_ failure: Failure, of key: SentKey, arrivedAt now: Instant) -> Bool {
        guard let success = key.firstSuccess, success.isInRange, isInRange(failure.occurredAt, arrivedAt: now) else {
            return false
        }
        return failure.occurredAt < success.occurredAt
    }
}
