import RefundPolicy

/// What an open case does next, once its commands have moved.
extension RefundCase {
    /// Puts the commands back and lets the state follow from them: attention lasts as long as something calls for it.
    mutating func carry(_ fulfilment: Fulfilment, at now: Instant, into effects: inout [Effect]) {
        if fulfilment.isComplete {
            settle(fulfilment, at: now, into: &effects)
        } else if fulfilment.isGivenUp || deadlines.refund == .missed {
            state = .attention(fulfilment)
        } else {
            state = .approved(fulfilment)
        }
    }

    /// Ends the case as paid, and tells the customer unless the same money was told before.
    mutating func settle(_ fulfilment: Fulfilment, at now: Instant, into effects: inout [Effect]) {
        var fulfilment = fulfilment
        fulfilment.coolsUntil = nil
        state = .settled(fulfilment, at: now)
        let settled = told.times(NoticeKind.settled.rawValue)
        let hasMoved = fulfilment.closing.map { !$0.paidByOtherMeans.isZero } ?? false
        if settled == 0 || settled == told.times(NoticeKind.delayed.rawValue) || hasMoved {
            send(.settled, into: &effects)
        }
    }

    /// Lets a payout out that has waited for the revocation, unless both are still held.
    mutating func releasePayout(_ fulfilment: inout Fulfilment, at now: Instant, into effects: inout [Effect]) {
        guard fulfilment.coolsUntil == nil, var payout = fulfilment.payout, payout.progress == .held else { return }
        if isOfCurrency(withdrawnBy: now, fulfilment.refund) {
            giveUp(&payout, because: .currencyWithdrawn, into: &effects)
        } else {
            issue(&payout, at: now, into: &effects)
        }
        fulfilment.payout = payout
    }

    /// Whether the refund's currency is no more although that was not known when the case was decided: a person who has
    /// approved a refund in one that was withdrawn has said that it is to be paid.
    private func isOfCurrency(withdrawnBy now: Instant, _ refund: Money) -> Bool {
        !refund.currency.exists(on: policy.timeZone.date(of: now)) && policy.firstReading == nil
            && !decision.reasons.contains(.currencyWithdrawn)
    }

    /// Sends a command under a new key.
    mutating func issue(_ command: inout Command, at now: Instant, into effects: inout [Effect]) {
        command.keys.append(SentKey(issuedAt: now, message: MessageOrdinal(messageCount)))
        command.attempts += 1
        command.progress = .awaitingReply(until: replyDue(for: command, at: now))
        append(.command(command.kind, key: command.key), to: &effects)
    }

    /// Sends a command once more: under the next key if the other side refused this one, else the same message.
    mutating func sendAgain(_ command: inout Command, at now: Instant, into effects: inout [Effect]) {
        guard let current = command.current else { return }
        if current.word == .failure {
            issue(&command, at: now, into: &effects)
        } else {
            command.attempts += 1
            command.keys[command.key - 1].sendings += 1
            command.progress = .awaitingReply(until: replyDue(for: command, at: now))
            effects.append(.resend(command.kind, current.message, attempt: current.sendings + 1))
        }
    }

    /// Leaves a command to a person, and calls one.
    mutating func giveUp(_ command: inout Command, because trouble: Command.Trouble, into effects: inout [Effect]) {
        command.progress = .failed(trouble)
        send(trouble.cause(of: command), into: &effects)
    }

    /// Until when a reply to the command's latest attempt may take: `reply_within`, and from the second attempt on
    /// also the backoff (contract § 5).
    func replyDue(for command: Command, at now: Instant) -> Instant {
        let reply = policy.end(of: policy.commands.replyWithin, from: now)
        return reply + wait(beforeAttempt: command.attempts, of: command)
    }

    /// How long the policy's backoff waits before that attempt, from 1; the first waits for nothing.
    func wait(beforeAttempt attempt: Int, of command: Command) -> Duration {
        // The first sending waits for nothing, whatever the jitter.
        guard attempt > 1 else { return .zero }
        let key = command.kind.idempotencyKey(of: id, number: command.key)
        return policy.commands.backoff.wait(
            beforeAttempt: attempt, random: Jitter.fraction(of: key, attempt: attempt))
    }

    /// What ends the sending of a command's current key: nothing where its one message is out and no copy waits.
    func stopping(_ command: Command, knowing facts: PublicationFacts) -> [Effect] {
        guard let current = command.current else { return [] }
        return switch facts[command.kind] {
        case .unsent: [.takeBack(command.kind, current.message)]
        case .onItsWay, .inDoubt: [.cancel(command.kind, current.message)]
        case .out: current.sendings > 1 ? [.cancel(command.kind, current.message)] : []
        }
    }
}

extension Command {
    /// The place among `keys` of a key that a reply may be about: one that the broker has never had can't be answered.
    func place(of number: Int, knowing facts: PublicationFacts) -> Int? {
        guard let place = place(of: number) else { return nil }
        let wasSent = number < key || keys[place].sendings > 1 || facts[kind] != .unsent || keys[place].word != .nothing
        return wasSent ? place : nil
    }
}
