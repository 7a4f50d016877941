public import RefundPolicy

/// How an approved refund is carried out.
public struct Fulfilment: Hashable, Sendable {
    public let approvedAt: Instant
    /// What was granted; zero pays nothing.
    public let refund: Money
    public var revocation: Command
    /// `nil` when there is nothing to pay.
    public var payout: Command?
    /// Until when both commands are held (policy `cooling_off`); `nil` once they were let go.
    public var coolsUntil: Instant?
    /// That a person has closed the case; `nil` again where a bounce has opened it anew.
    public var closing: Closing?

    /// A person has settled the case by other means (contract § 4, `close`).
    public struct Closing: Hashable, Sendable {
        /// What was paid by other means; zero where all was paid by the worker's own payout.
        public var paidByOtherMeans: Money
        /// How that payment can be found.
        public var reference: String?
        /// Whether the payout stood at that moment, so that its money is what was told as paid.
        public var payoutStood: Bool

        public init(paidByOtherMeans: Money, reference: String?, payoutStood: Bool) {
            self.paidByOtherMeans = paidByOtherMeans
            self.reference = reference
            self.payoutStood = payoutStood
        }
    }

    public init(
        approvedAt: Instant, refund: Money, revocation: Command, payout: Command?, coolsUntil: Instant? = nil,
        closing: Closing? = nil
    ) {
        self.approvedAt = approvedAt
        self.refund = refund
        self.revocation = revocation
        self.payout = payout
        self.coolsUntil = coolsUntil
        self.closing = closing
    }

    /// The commands in the order in which they are sent.
    public var commands: [Command] {
        [revocation] + (payout.map { [$0] } ?? [])
    }

    /// Both commands have succeeded, or a person did what they ask for.
    public var isComplete: Bool { revocation.isDone && (payout?.stands ?? true) }

    /// Whether a command was left to a person.
    var isGivenUp: Bool {
        commands.contains { command in
            if case .failed = command.progress { true } else { false }
        }
    }

    /// Whether the broker may have had a message of some command.
    func mayHaveSent(_ kind: CommandKind, knowing facts: PublicationFacts) -> Bool {
        guard let command = self[kind], let current = command.current else { return false }
        return command.key > 1 || current.sendings > 1 || current.word != .nothing || facts[kind] != .unsent
    }

    public subscript(kind: CommandKind) -> Command? {
        get { kind == .revoke ? revocation : payout }
        set {
            switch kind {
            case .revoke: if let newValue { revocation = newValue }
            case .payout: payout = newValue
            }
        }
    }
}

/// Money that has reached the customer, and how (contract § 3, `notice.settled`).
public struct Payment: Hashable, Sendable {
    public enum Means: String, Hashable, Sendable, CaseIterable {
        case payout
        case otherMeans = "other_means"
    }

    public var means: Means
    public var amount: Money
}

extension Fulfilment {
    /// What is still owed to the customer: what was granted, less the payout that stands and what a close has covered.
    public var owed: Money {
        guard payout.map({ !$0.stands }) ?? false else { return .zero(refund.currency) }
        return closing == nil ? refund : .zero(refund.currency)
    }

    /// The money that a settlement names: what was granted, once, though a payout may have been done twice.
    public var paidBy: [Payment] {
        var payments: [Payment] = []
        if closing.map(\.payoutStood) ?? payout?.stands ?? false {
            payments.append(Payment(means: .payout, amount: refund))
        }
        if let amount = closing?.paidByOtherMeans, !amount.isZero {
            payments.append(Payment(means: .otherMeans, amount: amount))
        }
        return payments
    }
}
