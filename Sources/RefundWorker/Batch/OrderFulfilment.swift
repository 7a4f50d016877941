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
        var dispositions: [Disposition] = []
        if !order.deliveries.isEmpty || !order.recording.isEmpty {
            let batch = Batch(reading: order.deliveries, with: decoder, at: now)
            var decision = BatchDecision()
            let ids = try store.transact(recording: order.recording, loading: batch.keys, at: now) { loaded in
                decision = batch.decide(loaded, under: policies)
                return decision.changes
            }
            dispositions = zip(order.deliveries, decision.verdicts).map { delivery, verdict in
                disposition(of: delivery, verdict, decision.changes, ids, at: now)
            }
        }
        let unsent =
            order.claimsUnsent
            ? try store.claimUnsent(limit: limits.unsentAtOnce, at: now, lease: limits.unsentLease) : []
        return StoreReport(dispositions: dispositions, unsent: unsent)
    }

    private func disposition(
        of delivery: InboundDelivery, _ verdict: BatchDecision.Verdict, _ changes: CaseChanges, _ ids: [CaseID],
        at now: Instant
    ) -> Disposition {
        switch verdict {
        case .repeated(let unsent): return .publish(unsent)
        case .deadLetter(let reason):
            return .deadLetter(DeadLetter(reason: reason, source: delivery.source, at: now))
        case .publish(let index, let ordinals):
            let change = changes.cases[index]
            let messages = change.messages.filter { ordinals.contains($0.ordinal) }
            return .publish(
                messages.map { message in
                    OutboxMessage(
                        key: MessageKey(caseID: ids[index], ordinal: message.ordinal),
                        requestID: change.refundCase.id, encoded: message.encoded, createdAt: message.createdAt,
                        attempt: 1, traceparent: change.refundCase.traceparent)
                })
        }
    }
}
