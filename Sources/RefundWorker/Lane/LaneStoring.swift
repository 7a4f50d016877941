internal import DequeModule
internal import RefundMessages
internal import RefundPolicy

/// What a lane asks of the store, and what it makes of the answers.
extension Lane {
    mutating func finishOrder(_ report: StoreReport, at time: LaneTime, into actions: inout [LaneAction]) {
        guard let done = order else { return }
        order = nil
        replyFlow.note(underWay: windows.unfinishedReplies, batch: limits.batch, at: time.uptime)
        storeFailures = 0
        storeRetryAt = nil
        looks.passed(done, moreIsDue: report.moreIsDue, at: time.uptime)
        // What was let go is forgotten already, and may have been given out anew.
        for record in done.recording where record.result != .letGo { held.remove(record.key) }
        var later: [InboundDelivery] = []
        for (delivery, disposition) in zip(done.deliveries, report.dispositions) {
            switch disposition {
            case .later: if windows.isOpen(delivery.tag.epoch) { later.append(delivery) }
            case .publish(let messages):
                enqueue(messages, at: time)
                windows.finish(delivery.tag)
            case .parked: windows.finish(delivery.tag)
            case .deadLetter(let deadLetter): bury(delivery, deadLetter, into: &actions)
            }
        }
        for (place, letter) in done.keeping.enumerated() where windows.isOpen(letter.delivery.tag.epoch) {
            if place < report.keptLetters { finish(letter.delivery.tag) } else { postpone(letter, at: time) }
        }
        if !later.isEmpty {
            if waiting.isEmpty { waitingSince = time.uptime }
            waiting.putBack(later)
        }
        enqueue(report.unsent, at: time)
        enqueue(report.deadLetters)
        if !report.cancelled.isEmpty { letGo(of: report.cancelled, at: time) }
        if let count = report.unsentInStore { unsentInStore = count }
        if done.actsOnDue, !done.actsAlone { isBehind = report.moreIsUnsent }
        payoutsArePaused = report.payoutsArePaused
        brakeKnownAt = time.uptime
        if payoutsArePaused { letGoOfPayouts(at: time) }
    }

    private mutating func bury(
        _ delivery: InboundDelivery, _ deadLetter: DeadLetter, into actions: inout [LaneAction]
    ) {
        guard windows.isOpen(delivery.tag.epoch) else { return }
        if case .tooLarge = delivery.body {
            windows.handBack(delivery.tag)
            actions.append(.reject(delivery.tag))
        } else {
            // The delivery is finished by the dead letter's confirm, or once the store keeps it.
            dying[delivery.tag] = delivery
            toPublish.append(.deadLetter(delivery.tag, deadLetter))
        }
    }

    /// There is no room for it, so that it stays with the broker.
    private mutating func postpone(_ letter: KeptLetter, at time: LaneTime) {
        postponed.append((time.uptime + limits.republishAfter, .deadLetter(letter.delivery.tag, letter.deadLetter)))
    }

    mutating func failOrder(_ error: StoreError, at time: LaneTime) {
        guard var failed = order else { return }
        if !error.isPassing, !failed.keeping.isEmpty {
            order = nil
            toRecord = failed.recording + toRecord
            for letter in failed.keeping where windows.isOpen(letter.delivery.tag.epoch) { postpone(letter, at: time) }
            return
        }
        // What came of them may be stored all the same, and what was to follow has not happened.
        for index in failed.deliveries.indices { failed.deliveries[index].isRedelivered = true }
        guard !error.isPassing, !failed.deliveries.isEmpty || failed.actsOnDue else {
            // The same order again, later: nothing is taken off the queue meanwhile.
            order = failed
            storeFailures += 1
            let doublings = Double(1 << min(storeFailures - 1, 20))
            storeRetryAt = time.uptime + min(limits.storeRetryCap, limits.storeRetryFirst * doublings)
            return
        }
        order = nil
        toRecord = failed.recording + toRecord
        looks.refused(failed, at: time.uptime, pause: limits.storeRetryCap)
        if failed.deliveries.count > 1 || failed.actsOnDue {
            waiting.isolate(failed.deliveries.filter { windows.isOpen($0.tag.epoch) })
            waitingSince = waiting.isEmpty ? nil : time.uptime
        } else if let delivery = failed.deliveries.first, windows.isOpen(delivery.tag.epoch) {
            if failed.refusal == nil {
                // What came of it can't be stored; the message itself may be, until that is mended.
                toPark.append((delivery, error))
            } else {
                let deadLetter = DeadLetter(
                    reason: .unprocessable(problem: error.description), source: delivery.source, at: time.wall)
                dying[delivery.tag] = delivery
                toPublish.append(.deadLetter(delivery.tag, deadLetter))
            }
        }
    }

    mutating func orderStore(at time: LaneTime, into actions: inout [LaneAction]) {
        if let order {
            guard let retryAt = storeRetryAt, retryAt <= time.uptime else { return }
            storeRetryAt = nil
            orderedAt = time
            return actions.append(.store(order))
        }
        var next = StoreOrder(recording: [], deliveries: [], actsOnDue: false)
        let isLookDue = phase == .working && time.uptime >= looks.nextAt && toPark.isEmpty
        if let (delivery, refusal) = toPark.popFirst() {
            next.deliveries = [delivery]
            next.refusal = refusal
        } else if !toKeep.isEmpty {
            next.keeping = takeLettersToKeep()
        } else if !(isLookDue && looks.goFirst), batchIsDue(at: time) {
            let flow = replyFlow.state(
                underWay: windows.unfinishedReplies, batch: limits.batch, at: time.uptime)
            next.deliveries = waiting.takeBatch(
                limit: limits.batch, bytes: limits.bytes.batch, replies: flow, withRequests: takesRequests)
            waitingSince = waiting.isEmpty ? nil : time.uptime
        }
        // What is due makes messages, so it is looked for only when they could be published: an outage of the broker
        // spends no attempts. As long as many wait already, no more are fetched.
        if isLookDue, next.keeping.isEmpty {
            let canPublish =
                publisher.map { !$0.isBlocked } ?? false && toPublish.count < limits.publicationsInFlight
                && held.bytes <= limits.bytes.unsent / 2
            looks.join(&next, canPublish: canPublish, at: time.uptime, every: limits.dueEvery)
            if outlets.isClear { unsentInStore = 0 }
            if next.actsOnDue, !outlets.isClear, time.uptime >= countUnsentAt {
                next.countsUnsentTo = limits.unsentInStore
                countUnsentAt = time.uptime + limits.outlets.firstPause
            }
        }
        guard !next.deliveries.isEmpty || !next.keeping.isEmpty || next.actsOnDue || recordsAreDue(at: time) else {
            return
        }
        next.recording = toRecord
        toRecord.removeAll(keepingCapacity: true)
        order = next
        orderedAt = time
        actions.append(.store(next))
    }

    /// As many as fit in a batch; the first always does.
    private mutating func takeLettersToKeep() -> [KeptLetter] {
        var taken: [KeptLetter] = []
        var room = limits.bytes.batch
        while taken.count < limits.batch, let next = toKeep.first, taken.isEmpty || next.delivery.weight <= room {
            taken.append(toKeep.removeFirst())
            room -= next.delivery.weight
        }
        return taken
    }

    /// Records travel with the next batch; alone when none is coming, or when confirms are late.
    private func recordsAreDue(at time: LaneTime) -> Bool {
        guard !toRecord.isEmpty else { return false }
        return (publisher?.ledger.count ?? 0) == 0 || time.uptime >= toRecordSince + limits.recordAfter
    }
}
