public import RefundCase
import RefundMessages
public import RefundPolicy

/// What a committed batch has decided, for whoever counts: small values without any of the cases' data.
public struct BatchTally: Hashable, Sendable {
    /// A decision that customers are told.
    public struct Decided: Hashable, Sendable {
        public var outcome: Outcome
        public var reasons: ReasonSet
    }

    public var decisions: [Decided] = []
    /// The deadlines that became risky or were missed.
    public var deadlines: [DeadlineStep] = []
    /// Cases that need a person.
    public var callsForAttention = 0

    /// A deadline's step from one standing to the next.
    public struct DeadlineStep: Hashable, Sendable {
        public var kind: DeadlineKind
        public var isMissed: Bool

        /// Every step that there is.
        public static let all = DeadlineKind.allCases.flatMap { kind in
            [false, true].map { DeadlineStep(kind: kind, isMissed: $0) }
        }
    }

    public init() {}

    init(of changes: CaseChanges) {
        decisions.reserveCapacity(changes.cases.count)
        // By their places: a loop over the changes would copy each whole case.
        for index in changes.cases.indices {
            for message in changes.cases[index].messages { note(message, ofChange: index, in: changes) }
        }
        callsForAttention += changes.fleetMessages.count
    }

    private mutating func note(_ message: NewMessage, ofChange index: Int, in changes: CaseChanges) {
        switch message.encoded.type {
        case .decided: decisions.append(BatchTally.decision(message.encoded.id, ofChange: index, in: changes))
        case .deadlineAtRisk, .deadlineMissed:
            let isResponse =
                message.encoded.id.hasSuffix("/response_at_risk") || message.encoded.id.hasSuffix("/response_missed")
            deadlines.append(
                DeadlineStep(
                    kind: isResponse ? .response : .refund, isMissed: message.encoded.type == .deadlineMissed))
        case .needsAttention: callsForAttention += 1
        case .revoke, .payout, .received, .settled, .delayed, .withdrawn, .withdrawalRefused: break
        }
    }

    /// The first decision is the policy's; a later one is a person's.
    private static func decision(_ messageID: String, ofChange index: Int, in changes: CaseChanges) -> Decided {
        let outcome: Outcome =
            messageID.hasSuffix("/approved") ? .approved : messageID.hasSuffix("/rejected") ? .rejected : .inReview
        // Nobody needs a reason to approve.
        guard outcome != .approved else { return Decided(outcome: outcome, reasons: ReasonSet()) }
        let byPolicy = changes.cases[index].id == nil ? changes.cases[index].refundCase.decision : nil
        if let byPolicy, byPolicy.outcome == outcome { return Decided(outcome: outcome, reasons: byPolicy.reasons) }
        return Decided(outcome: outcome, reasons: outcome == .rejected ? ReasonSet([.rejectedByReview]) : ReasonSet())
    }
}
