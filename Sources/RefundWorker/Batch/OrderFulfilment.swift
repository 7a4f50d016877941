import RefundCase
public import RefundMessages
public import RefundPolicy

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
    public func fulfil(_ order: StoreOrder, on store: any CaseStore, at now: Instant) throws(StoreError) -> StoreReport
    {
        let batch = Batch(reading: order.deliveries, with: decoder, at: now)
        var keys = batch.keys
        keys.dueLimit = order.actsOnDue ? limits.dueAtOnce : 0
        var decision = BatchDecision()
        var dueCount = 0
        let ids = try store.transact(recording: order.recording, loading: keys, at: now) { loaded in
            decision = decide(batch, order, seeing: loaded)
            dueCount = max(loaded.due.count, loaded.parked.count)
            return decision.changes
        }
        let dispositions = zip(order.deliveries, decision.verdicts).map { delivery, verdict in
            disposition(of: delivery, verdict, decision.changes, ids, at: now)
        }
        guard order.actsOnDue else { return StoreReport(dispositions: dispositions, unsent: []) }
        let fallenDue = decision.fallenDue.flatMap { outboxMessages(of: decision.changes.cases[$0], ids[$0]) }
        // Re-sends are due at once, so they are among these.
        let unsent = try store.claimUnsent(limit: limits.unsentAtOnce, at: now, lease: limits.unsentLease)
        let isFull = dueCount >= limits.dueAtOnce || unsent.count >= limits.unsentAtOnce
        return StoreReport(
            dispositions: dispositions, unsent: fallenDue + unsent, deadLetters: decision.deadLetters,
            unreadable: decision.unreadable, moreIsDue: isFull)
    }

    private func decide(_ batch: Batch, _ order: StoreOrder, seeing loaded: LoadedCases) -> BatchDecision {
        guard let refusal = order.refusal else {
            return batch.decide(loaded, under: policies, parking: limits.parking)
        }
        return batch.park(
            because: .unprocessable(problem: refusal.description), under: policies, parking: limits.parking)
    }

    private func disposition(
        of delivery: InboundDelivery, _ verdict: BatchDecision.Verdict, _ changes: CaseChanges, _ ids: [CaseID],
        at now: Instant
    ) -> Disposition {
        switch verdict {
        case .repeated(let unsent): return .publish(unsent)
        case .parked(let id, let reason): return .parked(id, reason)
        case .deadLetter(let reason):
            return .deadLetter(DeadLetter(reason: reason, source: delivery.source, at: now))
        case .publish(let index, let ordinals):
            let messages = outboxMessages(of: changes.cases[index], ids[index])
            return .publish(messages.filter { ordinals.contains($0.key.ordinal) })
        }
    }

    /// The new messages of a change, now that its case has an identity in the store.
    private func outboxMessages(of change: CaseChange, _ id: CaseID) -> [OutboxMessage] {
        change.messages.map { message in
            OutboxMessage(
                key: MessageKey(caseID: id, ordinal: message.ordinal), requestID: change.refundCase.id,
                encoded: message.encoded, createdAt: message.createdAt, attempt: 1,
                traceparent: change.refundCase.traceparent)
        }
    }
}
