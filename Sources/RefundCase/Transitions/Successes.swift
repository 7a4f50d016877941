import RefundPolicy

extension RefundCase {
    /// The other side did what a key of a command asked (contract § 4, the table): it counts whatever was told before,
    /// and whatever the sender's clock says.
    func applySuccess(
        _ reply: CommandReply<Success>, knowing facts: PublicationFacts, at now: Instant
    ) -> Transition {
        guard var fulfilment = state.fulfilment, var command = fulfilment[reply.kind],
            let place = command.place(of: reply.key, knowing: facts)
        else { return .refused(.notApplicable) }
        guard !command.keys[place].stands else { return .unchanged }
        var next = following()
        var effects: [Effect] = []
        let stoodBefore = command.stands
        let success = command.counted(reply.report, arrivedAt: now)
        command.keys[place].word = .success
        command.keys[place].firstSuccess = command.keys[place].firstSuccess ?? success
        command.keys[place].latestSuccess = success
        if stoodBefore {
            next.send(.key(reply.kind, key: reply.key, .doneTwice), into: &effects)
        } else {
            if command.keys[place].bounces > 0 {
                next.send(.key(reply.kind, key: reply.key, .contradicted), into: &effects)
            }
            next.stopSending(&command, knowing: facts, into: &effects)
        }
        fulfilment[reply.kind] = command
        next.state = state.carrying(fulfilment)
        next.bookAfterEnd(reply.kind, key: reply.key, into: &effects)
        if case .approved = state {
            next.goOn(after: reply.kind, countedAt: success.countedAt, at: now, into: &effects)
        } else if case .attention = state {
            next.goOn(after: reply.kind, countedAt: success.countedAt, at: now, into: &effects)
        }
        return .changed(next, effects)
    }

    /// A key stands: no key of the command is sent any more. One that is unanswered is taken back if the broker never had
    /// it; else it may be done as well, and a person must know.
    private mutating func stopSending(
        _ command: inout Command, knowing facts: PublicationFacts, into effects: inout [Effect]
    ) {
        effects += stopping(command, knowing: facts)
        if let key = command.unansweredKey, facts[command.kind] != .unsent {
            send(.key(command.kind, key: key, .inDoubt), into: &effects)
        }
        switch command.progress {
        case .doneByHand, .ended: break
        case .held, .awaitingReply, .retrying, .succeeded, .failed: command.progress = .succeeded
        }
    }

    /// Money that went out although the case had ended without it: it counts for the line, and a person must look.
    private mutating func bookAfterEnd(_ kind: CommandKind, key: Int, into effects: inout [Effect]) {
        guard kind == .payout else { return }
        switch state {
        case .settled(let fulfilment, _) where fulfilment.closing != nil, .rejected(.some(let fulfilment), _):
            guard fulfilment.payout != nil else { return }
            send(.key(.payout, key: key, .afterEnd), into: &effects)
        case .settled, .rejected, .inReview, .withdrawn, .approved, .attention: break
        }
    }

    /// What an open case does next once a command has succeeded.
    private mutating func goOn(
        after kind: CommandKind, countedAt: Instant, at now: Instant, into effects: inout [Effect]
    ) {
        guard var fulfilment = state.fulfilment else { return }
        if kind == .payout, deadlines.refund != .missed, min(countedAt, now) <= refundBy { deadlines.refund = .met }
        if kind == .revoke { releasePayout(&fulfilment, at: now, into: &effects) }
        carry(fulfilment, at: now, into: &effects)
        passRefundDeadline(at: now, into: &effects)
    }
}

extension Command {
    /// A success with the instant that counts: the sender's where it is in range, else the arrival.
    fileprivate func counted(_ success: Success, arrivedAt now: Instant) -> ToldSuccess {
        ToldSuccess(
            occurredAt: success.occurredAt,
            countedAt: isInRange(success.occurredAt, arrivedAt: now) ? success.occurredAt : now,
            reference: success.reference)
    }
}
