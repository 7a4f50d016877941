import RefundPolicy

extension RefundCase {
    /// The other side did what a command asked (contract § 4: a success that comes after a failure counts).
    func applySuccess(_ reply: CommandReply<Success>, at now: Instant) -> Transition {
        guard var fulfilment = state.fulfilment, var command = fulfilment[reply.kind],
            let key = command.keyMeant(by: reply.report.key, at: reply.report.occurredAt)
        else { return withoutCommand(reply.kind) }
        if let failedAt = command.failedAt(key: key), failedAt > reply.report.occurredAt {
            // Told late: that key has failed since.
            return .unchanged
        }
        if command.hasSucceeded, let known = command.success {
            return known.key == key ? kept(reply.report.occurredAt, of: command, in: fulfilment) : doneTwice(reply.kind)
        }
        var next = following()
        var effects: [Effect] = []
        command.success = Success(key: key, occurredAt: reply.report.occurredAt, reference: reply.report.reference)
        command.progress = .succeeded
        fulfilment[reply.kind] = command
        if case .settled(_, let settledAt) = state {
            // A person has closed the case: what is known grows. Money that was sent by other means, and now by the
            // payout as well, is for a person to look at.
            next.state = .settled(fulfilment, at: settledAt)
            if reply.kind == .payout { next.send(.alert(.doneTwice(.payout)), into: &effects) }
            return .changed(next, effects)
        }
        if reply.kind == .payout, next.deadlines.refund != .missed, min(reply.report.occurredAt, now) <= refundBy {
            next.deadlines.refund = .met
        }
        if reply.kind == .payout, fulfilment.isPaidOtherwise {
            // The case has come back for another reason: the money went twice all the same.
            next.send(.alert(.doneTwice(.payout)), into: &effects)
        }
        if reply.kind == .revoke, var payout = fulfilment.payout, payout.progress == .held, fulfilment.maySend(.payout)
        {
            next.issue(&payout, at: now, into: &effects)
            fulfilment.payout = payout
        }
        next.carry(fulfilment, at: now, into: &effects)
        next.passRefundDeadline(at: now, into: &effects)
        return .changed(next, effects)
    }

    /// The other side could not do what a command asked.
    func applyFailure(_ reply: CommandReply<Failure>, at now: Instant) -> Transition {
        guard var fulfilment = state.fulfilment, var command = fulfilment[reply.kind],
            let key = command.keyMeant(by: reply.report.key, at: reply.report.occurredAt)
        else { return withoutCommand(reply.kind) }
        var failure = reply.report
        failure.key = key
        let isForGood = state.status == .settled || !fulfilment.maySend(reply.kind)
        if command.isKnownAsUnclear(failure, named: reply.report.key) { return .unchanged }
        let isUnclear = command.isAmbiguous(failure, named: reply.report.key)
        if isUnclear {
            // Not taken for the current key's: that one is sent once more, which is right whichever of them has failed.
            command.unclearFailureAt = failure.occurredAt
            guard !isForGood, case .awaitingReply = command.progress else { return kept(command, in: fulfilment) }
        }
        if isForGood, !command.hasSucceeded { return kept(failure, of: command, in: fulfilment) }
        guard command.isNews(failure) else { return kept(failure, of: command, in: fulfilment) }
        var next = following()
        var effects: [Effect] = []
        if !isUnclear { command.note(failure) }
        if command.hasSucceeded {
            next.giveUp(&command, because: .bounced, round: fulfilment.round, into: &effects)
            if case .settled(_, let settledAt) = state, !fulfilment.maySend(reply.kind) {
                // It was paid by other means as well: what comes back was too much.
                fulfilment[reply.kind] = command
                next.state = .settled(fulfilment, at: settledAt)
                return .changed(next, effects)
            }
            if reply.kind == .payout, next.deadlines.refund == .met { next.deadlines.refund = .pending }
        } else if failure.isRetryable, command.attempts < policy.commands.maxAttempts {
            command.progress = .retrying(at: now + wait(beforeAttempt: command.attempts + 1, of: command))
        } else {
            next.giveUp(&command, because: .failed, round: fulfilment.round, into: &effects)
        }
        fulfilment[reply.kind] = command
        next.carry(fulfilment, at: now, into: &effects)
        next.passRefundDeadline(at: now, into: &effects)
        return .changed(next, effects)
    }

    /// Kept, and nothing follows: a key is told to have failed once more, at a later moment, or a person has closed the
    /// case. So a success from before that moment, which may be told later, does not count, and what was kept is no news
    /// when it is said again, be it after a close.
    private func kept(_ failure: Failure, of command: Command, in fulfilment: Fulfilment) -> Transition {
        guard !command.hasSucceeded, command.failedAt(key: failure.key).map({ $0 < failure.occurredAt }) ?? true
        else { return .unchanged }
        var command = command
        command.note(failure)
        return kept(command, in: fulfilment)
    }

    /// Kept as well: what has succeeded is told to have done so at a later moment, as one may answer a re-send. A failure
    /// from before that moment does not count, in whatever order the three are told.
    private func kept(_ succeededAt: Instant, of command: Command, in fulfilment: Fulfilment) -> Transition {
        guard var success = command.success, succeededAt > success.latestAt else { return .unchanged }
        var command = command
        success.latestAt = succeededAt
        command.success = success
        return kept(command, in: fulfilment)
    }

    private func kept(_ command: Command, in fulfilment: Fulfilment) -> Transition {
        var fulfilment = fulfilment
        fulfilment[command.kind] = command
        var next = following()
        switch state {
        case .approved: next.state = .approved(fulfilment)
        case .attention: next.state = .attention(fulfilment)
        case .settled(_, let settledAt): next.state = .settled(fulfilment, at: settledAt)
        default: return .unchanged
        }
        return .changed(next, [])
    }

    /// A reply to a command that the case does not have: of a withdrawn case it may be the answer to the revocation that
    /// was out by then, and was told of at the withdrawal.
    private func withoutCommand(_ kind: CommandKind) -> Transition {
        let isKnown = state.status == .withdrawn && kind == .revoke && told.contains(NoticeKind.approved.rawValue)
        return isKnown ? .unchanged : .refused(.notApplicable)
    }

    /// A second key was told to have succeeded: the other side may have done it twice, and a person must look.
    private func doneTwice(_ kind: CommandKind) -> Transition {
        var next = following()
        var effects: [Effect] = []
        next.send(.alert(.doneTwice(kind)), into: &effects)
        return effects.isEmpty ? .unchanged : .changed(next, effects)
    }
}

extension RefundCase {
    /// Puts the commands back and lets the state follow from them.
    mutating func carry(_ fulfilment: Fulfilment, at now: Instant, into effects: inout [Effect]) {
        if fulfilment.isComplete {
            state = .settled(fulfilment, at: now)
            send(.notice(.settled), into: &effects)
        } else if fulfilment.isGivenUp {
            state = .attention(fulfilment)
        } else if case .approved = state {
            state = .approved(fulfilment)
        } else {
            state = .attention(fulfilment)
        }
    }

    /// Leaves a command to a person, and calls one.
    mutating func giveUp(
        _ command: inout Command, because trouble: Command.Trouble, round: Int, into effects: inout [Effect]
    ) {
        command.progress = .failed(trouble)
        // The same trouble once more in one round, such as a second bounce, is news, too.
        var number = round
        while told.contains(OutboundMessage.alert(.command(command.kind, trouble, round: number)).name) { number += 1 }
        send(.alert(.command(command.kind, trouble, round: number)), into: &effects)
    }

    /// How long the policy's backoff waits before that attempt, from 1; the first waits for nothing.
    func wait(beforeAttempt attempt: Int, of command: Command) -> Duration {
        // The first sending waits for nothing, whatever the jitter.
        guard attempt > 1 else { return .zero }
        let key = command.kind.idempotencyKey(of: id, number: command.key)
        return policy.commands.backoff.wait(
            beforeAttempt: attempt, random: Jitter.fraction(of: key, attempt: attempt))
    }
}
