internal import RefundMessages
internal import RefundPolicy

/// What a lane publishes, and what becomes of it.
extension Lane {
    mutating func openPublisher(_ epoch: UInt64) {
        publisher = LanePublisher(epoch: epoch)
    }

    mutating func losePublisher(_ epoch: UInt64, refusal: String?, at time: LaneTime) {
        guard let lost = publisher, lost.epoch == epoch else { return }
        publisher = nil
        var open = lost.ledger.unsettled()
        if let refusal {
            let guilty = outlets.channelClosed(over: open, reason: refusal, at: time.uptime)
            if let guilty, let place = open.lastIndex(of: guilty) {
                open.remove(at: place)
                // It may be innocent all the same, and then the broker has it.
                fail(guilty, reason: refusal, mayBeOut: true, at: time)
            }
        } else {
            outlets.connectionLost(with: open, at: time.uptime)
        }
        // Whether they arrived is not known: the same bytes go out again under the same identity, by this lane as long as
        // it holds them.
        let again = open.filter { publication in
            guard case .deadLetter(let tag, _) = publication else { return true }
            return windows.isOpen(tag.epoch)
        }
        for key in again.compactMap(\.key) { held.noteMayBeOut(key) }
        toPublish.putBack(again)
        if payoutsArePaused { letGoOfPayouts(at: time) }
    }

    mutating func settle(
        _ sequence: UInt64, multiple: Bool, isAcknowledged: Bool, at time: LaneTime
    ) -> [Settlement] {
        guard let settled = publisher?.settle(sequence, multiple: multiple) else { return [] }
        let epoch = publisher?.epoch ?? 0
        return settled.map { entry in
            let type = entry.publication.type
            if let failure = entry.returned ?? (isAcknowledged ? nil : "the broker refused it (basic.nack)") {
                outlets.refused(type, reason: failure, by: epoch, at: time.uptime)
                let mayBeOut = entry.returned == nil || entry.publication.key.flatMap { held[$0]?.mayBeOut } ?? true
                fail(entry.publication, reason: failure, mayBeOut: mayBeOut, at: time)
            } else {
                outlets.confirmed(type)
                if let key = entry.publication.key { record(key, .confirmed, at: time) }
                if case .deadLetter(let tag, _) = entry.publication { finish(tag) }
            }
            return Settlement(
                of: entry.publication, took: time.uptime - entry.publishedAt,
                result: entry.returned != nil ? .returned : isAcknowledged ? .confirmed : .refused)
        }
    }

    /// The broker does not take a publication: the store has it until it is tried again.
    private mutating func fail(_ publication: Publication, reason: String, mayBeOut: Bool, at time: LaneTime) {
        if let key = publication.key {
            let pause = (outlets.nextPlace(of: publication.type, at: time.uptime) ?? time.uptime) - time.uptime
            record(
                key,
                .failed(
                    reason: reason, nextAttemptAt: time.wall + max(limits.republishAfter, pause), mayBeOut: mayBeOut),
                at: time)
        } else if case .deadLetter(let tag, let deadLetter) = publication {
            keep(tag, deadLetter)
        }
    }

    /// The delivery needs its place at the broker no more.
    mutating func finish(_ tag: DeliveryTag) {
        dying[tag] = nil
        windows.finish(tag)
    }

    private mutating func keep(_ tag: DeliveryTag, _ deadLetter: DeadLetter) {
        guard windows.isOpen(tag.epoch), let delivery = dying[tag] else { return }
        toKeep.append(KeptLetter(delivery: delivery, deadLetter: deadLetter))
    }

    /// What time says about the ways out; the broker has been listened to.
    mutating func judgeOutlets(at time: LaneTime, into actions: inout [LaneAction]) {
        guard let publisher else { return }
        if time.uptime >= silenceCheckAt {
            silenceCheckAt = time.uptime + limits.dueEvery
            if publisher.silence(at: time.uptime) >= limits.outlets.confirmWithin { outlets.unanswered() }
        }
        if !publisher.isBlocked { outlets.pass(at: time.uptime) }
        if !outlets.isClear { letGoOfBarred(at: time) }
        if !publisher.isBlocked, let reason = outlets.takeRenewal(publisher.epoch, at: time.uptime) {
            actions.append(.renewPublisher(because: reason))
        }
    }

    /// Lets go of what can't get out for now: it stays in the store, and stops nothing else.
    private mutating func letGoOfBarred(at time: LaneTime) {
        let outlets = outlets
        for publication in toPublish.removeAll(where: { outlets.barredUntil($0.type, at: time.uptime) != nil }) {
            if case .deadLetter(let tag, let deadLetter) = publication {
                keep(tag, deadLetter)
            } else {
                letGo(of: publication, at: time)
            }
        }
    }

    /// Notes what became of a publication, to be told to the store.
    private mutating func record(_ key: PublicationKey, _ result: PublicationRecord.Result, at time: LaneTime) {
        if toRecord.isEmpty { toRecordSince = time.uptime }
        toRecord.append(
            PublicationRecord(
                key: key, at: time.wall, result: result, heldUntil: held[key]?.until, heldBefore: held[key]?.before))
    }

    /// Takes messages that the order has given out, each once, and as far as there is room: what does not fit stays in the
    /// store, for whoever claims it, and so does what comes after it. They may go out until their holds end, counted from when the
    /// order was given: never later than the store, whose clock may step, says.
    mutating func enqueue(_ messages: [OutboxMessage], at time: LaneTime) {
        for (index, message) in messages.enumerated() {
            guard held.hasRoom(for: message.publicationKey, bytes: message.weight, limit: limits.bytes.unsent) else {
                return leave(messages[index...], at: time)
            }
            let hold = min(
                message.heldUntil - orderedAt.wall, max(limits.unsentLease, OutboxMessage.publisherHeadStart))
            let isNew = held.take(
                message.publicationKey, until: message.heldUntil, before: message.heldBefore,
                publishBefore: orderedAt.uptime + hold - HeldMessages.margin, bytes: message.weight)
            if isNew { toPublish.append(.message(message)) }
        }
    }

    private mutating func leave(_ messages: ArraySlice<OutboxMessage>, at time: LaneTime) {
        for message in messages where held[message.publicationKey] == nil {
            if message.encoded.type != .payout || !payoutsArePaused { isBehind = true }
            if toRecord.isEmpty { toRecordSince = time.uptime }
            toRecord.append(
                PublicationRecord(
                    key: message.publicationKey, at: time.wall, result: .letGo, heldUntil: message.heldUntil,
                    heldBefore: message.heldBefore))
        }
    }

    /// What does not fit is given out again by the store after its lease.
    mutating func enqueue(_ letters: [ParkedDeadLetter]) {
        for letter in letters {
            let key = PublicationKey.deadLetter(letter.id)
            guard held.hasRoom(for: key, bytes: letter.weight, limit: limits.bytes.unsent) else { return }
            let isNew = held.take(
                key, until: nil, publishBefore: .seconds(Int64.max / 2), bytes: letter.weight)
            if isNew { toPublish.append(.parkedDeadLetter(letter)) }
        }
    }

    /// Lets go of what may not be handed to the broker any more: it is whoever's claims it next.
    mutating func letGoOfExpired(at time: LaneTime) {
        guard time.uptime >= expiryCheckAt, !toPublish.isEmpty else { return }
        expiryCheckAt = time.uptime + limits.dueEvery
        // Moved out, since what may go out is this lane's to say.
        var waiting = PublicationQueue()
        swap(&waiting, &toPublish)
        let expired = waiting.removeAll { !mayGoOut($0, at: time) }
        swap(&waiting, &toPublish)
        for publication in expired { letGo(of: publication, at: time) }
    }

    /// Lets go of payouts: they stay in the store until they are released.
    mutating func letGoOfPayouts(at time: LaneTime) {
        for publication in toPublish.removeAll(where: { $0.type == .payout }) { letGo(of: publication, at: time) }
    }

    /// Lets go of what was cancelled: another key of its command has succeeded, say, or its case has ended.
    mutating func letGo(of cancelled: Set<MessageKey>, at time: LaneTime) {
        let dropped = toPublish.removeAll {
            if case .message(let message) = $0 { cancelled.contains(message.key) } else { false }
        }
        for publication in dropped { letGo(of: publication, at: time) }
    }

    private func mayGoOut(_ publication: Publication, at time: LaneTime) -> Bool {
        guard let key = publication.key, let hold = held[key], let until = hold.until else { return true }
        // By both clocks: the calendar's may have stepped ahead, and then others already have it.
        return time.uptime < hold.publishBefore && time.wall + HeldMessages.margin <= until
    }

    /// What the broker may have all the same is not told of, and so counts as on its way.
    private mutating func letGo(of publication: Publication, at time: LaneTime) {
        guard let key = publication.key else { return }
        let barredUntil = outlets.barredUntil(publication.type, at: time.uptime)
        if barredUntil == nil, publication.type != .payout || !payoutsArePaused { isBehind = true }
        if held[key]?.mayBeOut == false {
            var dueAt = time
            if let place = outlets.nextPlace(of: publication.type, at: time.uptime) {
                dueAt.wall = time.wall + (place - time.uptime)
            }
            record(key, .letGo, at: dueAt)
        }
        held.remove(key)
    }

    /// How many wait that may go out, as far as their kinds are concerned.
    func publishableCount(at uptime: Duration) -> Int {
        guard let publisher else { return 0 }
        return toPublish.count { hasRoom($0, publisher, at: uptime) }
    }

    private func hasRoom(_ type: OutboundType?, _ publisher: LanePublisher, at uptime: Duration) -> Bool {
        guard type != .payout || uptime < brakeKnownAt + limits.brakeKnownFor else { return false }
        return publisher.ledger.count(of: type) < limits.inFlightOfOneKind
            && outlets.isOpen(type, by: publisher.epoch, at: uptime)
    }

    mutating func publish(at time: LaneTime, into actions: inout [LaneAction]) {
        let count = publishableCount(at: time.uptime)
        guard var publisher else { return }
        let room = publisher.room(for: count, limits: limits, isTrying: outlets.isTrying, at: time.uptime)
        guard room > 0 else { return }
        var burst: [Publication] = []
        var before = Duration.seconds(Int64.max / 2)
        burst.reserveCapacity(room)
        // Moved out, so that neither is copied.
        self.publisher = nil
        var waiting = PublicationQueue()
        swap(&waiting, &toPublish)
        while burst.count < room, let next = waiting.next(where: { hasRoom($0, publisher, at: time.uptime) }) {
            guard mayGoOut(next, at: time) else {
                letGo(of: next, at: time)
                continue
            }
            if let hold = next.key.flatMap({ held[$0] }) { before = min(before, hold.publishBefore) }
            outlets.sends(next.type, at: time.uptime)
            publisher.ledger.append(next, at: time.uptime)
            burst.append(next)
        }
        swap(&waiting, &toPublish)
        self.publisher = publisher
        if !burst.isEmpty { actions.append(.publish(burst, before: before)) }
    }
}
