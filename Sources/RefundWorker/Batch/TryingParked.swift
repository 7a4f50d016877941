import RefundMessages
import RefundPolicy

/// What becomes of messages that can't be acted on when they come.
extension DecisionDesk {
    /// Keeps a delivery in the store, to be tried again; as a dead letter where the terms park nothing, and what is about no
    /// request.
    mutating func park(_ delivery: InboundDelivery, _ message: InboundMessage, because reason: DeadLetterReason) {
        guard let requestID = message.requestID, case .success(let type) = delivery.type,
            let nextAt = parking.nextTry(after: 1, parkedAt: now, now: now)
        else {
            if let act = message.act { refuse(act, because: reason) }
            return bury(delivery, requestID: message.requestID, because: reason)
        }
        let kept = KeptDelivery(
            requestID: requestID, type: type, source: delivery.source, user: delivery.user,
            messageID: delivery.messageID,
            traceparent: delivery.traceparent, body: delivery.wholeBody, envelope: delivery.envelope?.encoded() ?? [])
        let standing = ParkedStanding(
            attempts: 1, code: reason.code, detail: reason.detail, deadAt: nil, nextAt: nextAt)
        decision.changes.parking.room = parking.room
        decision.changes.parking.arrivals.append(ParkedArrival(delivery: kept, at: now, standing: standing))
        if reason == .publicationsOnTheirWay { hold(requestID, until: nextAt) }
        decision.verdicts.append(.parked(requestID, reason))
    }

    /// Tries the parked messages that are due, in their order, as if they came now.
    mutating func tryParked(with decoder: InboundDecoder) {
        for parked in loaded.parked {
            guard parked.standing.deadAt == nil else {
                // Given up before, and the broker has not confirmed it yet.
                publish(parked, standing: parked.standing)
                continue
            }
            let delivery = parked.delivery
            let outcome: Outcome
            do throws(DeadLetterReason) {
                guard let type = delivery.type else { throw .unknownType }
                let message = try decoder.decode(delivery.body, as: type, sentBy: delivery.user, at: now)
                outcome = self.outcome(of: message, body: delivery.body, traceparent: delivery.traceparent)
            } catch {
                // Kept because a clock was in doubt: the time that it says may come.
                outcome = error == .submittedInFuture ? .untimely(error) : .refused(error)
            }
            switch outcome {
            case .changed(let index, _):
                // Its messages have no delivery that waits for them.
                decision.fallenDue.append(index)
                decision.changes.parking.departures.append(parked.id)
            case .unchanged: decision.changes.parking.departures.append(parked.id)
            case .refused(let reason): giveUp(parked, because: reason)
            case .untimely(let reason): tryLater(parked, because: reason)
            }
        }
    }

    mutating func tryLater(_ parked: ParkedMessage, because reason: DeadLetterReason) {
        let attempts = parked.standing.attempts + 1
        // Publications are on their way for moments, or as long as the broker is away: a person must not wait much longer.
        let waits = reason == .publicationsOnTheirWay ? min(attempts, 4) : attempts
        guard let nextAt = parking.nextTry(after: waits, parkedAt: parked.parkedAt, now: now) else {
            return giveUp(parked, because: reason)
        }
        let standing = ParkedStanding(
            attempts: attempts, code: reason.code, detail: reason.detail, deadAt: nil, nextAt: nextAt)
        decision.changes.parking.updates.append(ParkedUpdate(id: parked.id, standing: standing))
        if reason == .publicationsOnTheirWay, let id = parked.delivery.requestID { hold(id, until: nextAt) }
    }

    /// What a person wanted counts as refused from then on.
    private mutating func giveUp(_ parked: ParkedMessage, because reason: DeadLetterReason) {
        if let act = parked.delivery.message?.act { refuse(act, because: reason) }
        decision.changes.deadLetters.append(
            DeadLetterNote(
                at: now, code: reason.code, detail: reason.detail, sourceQueue: parked.delivery.source.rawValue,
                messageID: parked.delivery.messageID, requestID: parked.delivery.requestID))
        publish(
            parked,
            standing: ParkedStanding(
                attempts: parked.standing.attempts + 1, code: reason.code, detail: reason.detail, deadAt: now,
                nextAt: now))
    }

    /// Hands a message that was given up to the lane. It stays in the store until the broker has it, and is anyone's
    /// again if that does not happen.
    private mutating func publish(_ parked: ParkedMessage, standing: ParkedStanding) {
        var standing = standing
        standing.nextAt = now + letterLease
        decision.changes.parking.updates.append(ParkedUpdate(id: parked.id, standing: standing))
        let deadLetter = DeadLetter(
            code: standing.code, detail: standing.detail, source: parked.delivery.source,
            at: standing.deadAt ?? now)
        decision.deadLetters.append(
            ParkedDeadLetter(
                id: parked.id, delivery: parked.delivery, deadLetter: deadLetter, attempts: standing.attempts))
    }

    /// How long a lane has for the publication before it is tried again.
    private var letterLease: Duration { .seconds(10) }
}
