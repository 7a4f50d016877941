internal import RefundMessages
internal import RefundPolicy

/// What becomes of dead letters that `refund.dead` does not take.
extension BatchDecision {
    /// Keeps as many as there is room for, in their order: as much as may be parked, and no more, lest a sender of nonsense
    /// fill the disk while nobody looks after `refund.dead`.
    ///
    /// - Returns: how many.
    mutating func keep(
        _ letters: [KeptLetter], beside waiting: WaitingLetters, terms: LaneLimits, at now: Instant
    ) -> Int {
        var waiting = waiting
        let room = terms.parking.room
        for (place, letter) in letters.enumerated() {
            let kept = KeptDelivery(of: letter.delivery)
            waiting.count += 1
            waiting.bytes += kept.body.count + kept.envelope.count
            guard waiting.count <= room.messages, waiting.bytes <= room.bytes else { return place }
            let standing = ParkedStanding(
                attempts: 1, code: letter.deadLetter.code, detail: letter.deadLetter.detail,
                deadAt: letter.deadLetter.at,
                nextAt: now + terms.republishAfter)
            changes.parking.room = room
            changes.parking.arrivals.append(ParkedArrival(delivery: kept, at: now, standing: standing))
        }
        return letters.count
    }
}

extension KeptDelivery {
    /// A delivery that is given up.
    fileprivate init(of delivery: InboundDelivery) {
        self.init(
            requestID: nil, type: try? delivery.type.get(), source: delivery.source, user: delivery.user,
            messageID: delivery.messageID, traceparent: delivery.traceparent, body: delivery.wholeBody,
            envelope: delivery.envelope?.encoded() ?? [])
    }
}
