import RefundCase
public import RefundMessages
internal import RefundPolicy

/// Carries out a lane's orders on a store: read → decide → commit, and says what to publish.
public struct OrderFulfilment: Sendable {
    public let decoder: InboundDecoder
    public let policies: PolicyShelf
    public let limits: LaneLimits

    public init(decoder: InboundDecoder, policies: PolicyShelf, limits: LaneLimits) {
        self.decoder = decoder
        self.policies = policies
        self.limits = limits
    }

    /// - Throws: `StoreError`; the order may then be carried out again, whatever the store has kept of it.
    public func fulfil(
        _ order: StoreOrder, on store: any CaseStore, at time: CalendarTime
    ) throws(StoreError) -> StoreReport {
        var seen = LoadedCases()
        let now = time.now
        do throws(StoreError) {
            return try carryOut(order, on: store, at: time, &seen)
        } catch {
            guard order.actsAlone, !error.isPassing, !seen.due.isEmpty || !seen.parked.isEmpty else { throw error }
            return try putOff(seen, order, because: error, on: store, at: now)
        }
    }

    /// - Parameter seen: becomes what the order was decided on.
    private func carryOut(
        _ order: StoreOrder, on store: any CaseStore, at time: CalendarTime, _ seen: inout LoadedCases
    ) throws(StoreError) -> StoreReport {
        let now = time.now
        let batch = Batch(reading: order.deliveries, with: decoder, at: now, keepsFuture: time.keepsFuture)
        var keys = batch.keys
        let dueLimit = order.actsAlone ? 1 : limits.dueAtOnce
        keys.dueLimit = order.actsOnDue && time.actsOnDue ? dueLimit : 0
        keys.byteLimit = limits.bytes.loaded
        keys.countsDeadLetters = !order.keeping.isEmpty
        var keptLetters = 0
        var decision = BatchDecision()
        var dueCount = 0
        var moreIsDue = false
        var payoutsArePaused = false
        let ids = try store.transact(recording: order.recording, loading: keys, at: now) { loaded in
            seen = order.actsAlone ? loaded.withOneDue : loaded
            decision = decide(batch, order, seeing: seen)
            keptLetters = decision.keep(order.keeping, beside: loaded.waitingLetters, terms: limits, at: now)
            dueCount = max(loaded.due.count, loaded.parked.count)
            moreIsDue = loaded.moreIsDue
            payoutsArePaused = loaded.brake.following(decision.changes.brake).pause != nil
            return decision.changes
        }
        let dispositions = zip(order.deliveries, decision.verdicts).map { delivery, verdict in
            disposition(of: delivery, verdict, decision.changes, ids, at: now)
        }
        var report = StoreReport(
            dispositions: dispositions, unsent: fallenDue(decision, ids, at: now), deadLetters: decision.deadLetters,
            unreadable: decision.unreadable, payoutsArePaused: payoutsArePaused, tally: BatchTally(of: decision.changes)
        )
        report.keptLetters = keptLetters
        for (index, id) in zip(decision.changes.cases.indices, ids) {
            for ordinal in decision.changes.cases[index].cancelled {
                report.cancelled.insert(MessageKey(caseID: id, ordinal: ordinal))
            }
        }
        guard order.actsOnDue else { return report }
        if let most = order.countsUnsentTo { report.unsentInStore = try store.countUnsent(upTo: most) }
        if order.actsAlone, dueCount > 0 {
            // One thing at a time: whether messages were left unsent is another matter.
            report.moreIsDue = true
            return report
        }
        // Re-sends are due at once, so they are among these.
        let unsent = try store.claimUnsent(
            limit: limits.unsentAtOnce, bytes: limits.bytes.loaded, at: now, lease: limits.unsentLease)
        report.unsent += unsent
        let bytes = unsent.reduce(0) { $0 + $1.encoded.body.count }
        report.moreIsUnsent = unsent.count >= limits.unsentAtOnce || bytes >= limits.bytes.loaded
        report.moreIsDue = dueCount >= dueLimit || moreIsDue || report.moreIsUnsent
        return report
    }

    /// Puts off the one thing that was due and that the store has refused. If another lane has it meanwhile, it stays.
    private func putOff(
        _ refused: LoadedCases, _ order: StoreOrder, because error: StoreError, on store: any CaseStore, at now: Instant
    ) throws(StoreError) -> StoreReport {
        let batch = Batch(reading: [], with: decoder, at: now)
        let reason = DeadLetterReason.unprocessable(problem: error.description)
        var decision = BatchDecision()
        var payoutsArePaused = false
        _ = try store.transact(recording: order.recording, loading: CaseKeys(dueLimit: 1), at: now) { loaded in
            payoutsArePaused = loaded.brake.pause != nil
            let due = loaded.withOneDue
            let isIt = due.due == refused.due && due.parked.map(\.id) == refused.parked.map(\.id)
            decision =
                isIt
                ? batch.putOff(due, because: reason, under: policies, parking: limits.parking) : BatchDecision()
            return decision.changes
        }
        return StoreReport(
            dispositions: [], unsent: [], deadLetters: decision.deadLetters, putOff: decision.putOff, moreIsDue: true,
            payoutsArePaused: payoutsArePaused)
    }

    private func decide(_ batch: Batch, _ order: StoreOrder, seeing loaded: LoadedCases) -> BatchDecision {
        guard let refusal = order.refusal else {
            return batch.decide(loaded, under: policies, parking: limits.parking)
        }
        let reason = DeadLetterReason.unprocessable(problem: refusal.description)
        return batch.park(because: reason, under: policies, parking: limits.parking)
    }

    /// The messages of what fell due, now that they are committed.
    private func fallenDue(_ decision: BatchDecision, _ ids: [CaseID], at now: Instant) -> [OutboxMessage] {
        decision.fallenDue.flatMap { outboxMessages(of: decision.changes, at: $0, ids, now: now) { _ in true } }
    }

    private func disposition(
        of delivery: InboundDelivery, _ verdict: BatchDecision.Verdict, _ changes: CaseChanges, _ ids: [CaseID],
        at now: Instant
    ) -> Disposition {
        switch verdict {
        case .unchanged: return .publish([])
        case .later: return .later
        case .parked(let id, let reason): return .parked(id, reason)
        case .deadLetter(let reason):
            return .deadLetter(DeadLetter(reason: reason, source: delivery.source, at: now))
        case .publish(let index, let ordinals):
            let messages = outboxMessages(of: changes, at: index, ids, now: now, receivedAt: delivery.receivedAt) {
                ordinals.contains($0)
            }
            return .publish(messages)
        }
    }

    /// Those of a change's new messages that are meant, now that its case has an identity in the store. The change is named
    /// by its place: to hand it over would copy the whole case.
    private func outboxMessages(
        of changes: CaseChanges, at index: Int, _ ids: [CaseID], now: Instant, receivedAt: Instant? = nil,
        _ isMeant: (MessageOrdinal) -> Bool
    ) -> [OutboxMessage] {
        var messages: [OutboxMessage] = []
        messages.reserveCapacity(changes.cases[index].messages.count)
        let takenBack = changes.cases[index].takenBack + changes.cases[index].cancelled
        for message in changes.cases[index].messages
        where isMeant(message.ordinal) && !takenBack.contains(message.ordinal) {
            messages.append(
                OutboxMessage(
                    key: MessageKey(caseID: ids[index], ordinal: message.ordinal),
                    requestID: changes.cases[index].refundCase.id, encoded: message.encoded,
                    createdAt: message.createdAt, attempt: 1, traceparent: changes.cases[index].refundCase.traceparent,
                    heldUntil: now + OutboxMessage.publisherHeadStart,
                    submittedAt: changes.cases[index].refundCase.request.submittedAt, receivedAt: receivedAt))
        }
        return messages
    }
}

extension LoadedCases {
    /// The same with one thing that is due at most: the first case, or else the first parked message.
    fileprivate var withOneDue: LoadedCases {
        var loaded = self
        loaded.due = Array(due.prefix(1))
        loaded.parked = due.isEmpty ? Array(parked.prefix(1)) : []
        return loaded
    }
}
