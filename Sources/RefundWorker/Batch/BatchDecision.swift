public import RefundCase
public import RefundMessages
public import RefundPolicy

/// What a batch comes to: the changes to commit, and what then happens with each delivery.
public struct BatchDecision: Sendable {
    public internal(set) var changes = CaseChanges()
    /// One for each delivery, in their order.
    public internal(set) var verdicts: [Verdict] = []

    /// What is done with a delivery once the changes are committed.
    public enum Verdict: Hashable, Sendable {
        /// Publish the messages of `changes.cases[change]` that have these places; then acknowledge.
        case publish(change: Int, [MessageOrdinal])
        /// The case is known and this changes nothing: publish what is still unsent of it; then acknowledge.
        case repeated([OutboxMessage])
        case deadLetter(DeadLetterReason)
    }
}

extension Batch {
    /// Decides every delivery in its order against what the store holds (contract § 3).
    public func decide(_ loaded: LoadedCases, under policies: PolicyShelf) -> BatchDecision {
        var desk = DecisionDesk(loaded: loaded, policies: policies, now: now)
        for reading in readings {
            switch reading.message {
            case .failure(let reason): desk.bury(reading.delivery, requestID: nil, because: reason)
            case .success(.requested(let request)): desk.decide(request, from: reading.delivery)
            case .success(.event(let event, let id)): desk.apply(event, to: id, from: reading.delivery)
            }
        }
        return desk.decision
    }
}

/// The policy as it is in force now, with each version kept as one object.
public struct PolicyShelf: Sendable {
    public let policy: Policy
    private let kept: [KeptPolicy]

    public init(_ policy: Policy) {
        self.policy = policy
        kept = policy.versions.map { KeptPolicy($0) }
    }

    /// The version for an invoice of that day: the latest that was in force, or else the first (contract § 5).
    public func version(forInvoiceIssuedOn date: CalendarDate) -> KeptPolicy {
        kept.last { $0.version.effectiveFrom <= date } ?? kept[0]
    }
}
