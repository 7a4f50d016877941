public import RefundPolicy

/// Where a case stands, with what belongs to that (contract § 4).
public enum CaseState: Hashable, Sendable {
    case inReview
    case rejected(at: Instant)
    case withdrawn(at: Instant)
    case approved(Fulfilment)
    case attention(Fulfilment)
    case settled(Fulfilment, at: Instant)

    public var status: CaseStatus {
        switch self {
        case .inReview: .inReview
        case .rejected: .rejected
        case .withdrawn: .withdrawn
        case .approved: .approved
        case .attention: .attention
        case .settled: .settled
        }
    }

    /// The commands and the amount, once approved.
    public var fulfilment: Fulfilment? {
        switch self {
        case .approved(let fulfilment), .attention(let fulfilment), .settled(let fulfilment, _): fulfilment
        case .inReview, .rejected, .withdrawn: nil
        }
    }
}

/// A state's name, as messages and commands write it.
public enum CaseStatus: String, Hashable, Sendable, CaseIterable {
    case inReview = "in_review"
    case approved = "approved"
    case rejected = "rejected"
    case settled = "settled"
    case withdrawn = "withdrawn"
    case attention = "attention"

    /// Something is still to be done.
    public var isOpen: Bool {
        switch self {
        case .inReview, .approved, .attention: true
        case .rejected, .settled, .withdrawn: false
        }
    }

    /// No other case of the same invoice line may be opened beside it.
    public var holdsLine: Bool { isOpen || self == .settled }

    /// What a case with this status means for another request on its line.
    public var standing: InvoiceLine.Standing {
        if isOpen { return .requested }
        return self == .settled ? .refunded : .free
    }
}

/// How an approved refund is carried out.
public struct Fulfilment: Hashable, Sendable {
    public let approvedAt: Instant
    /// What goes back; zero pays nothing.
    public let refund: Money
    public var revocation: Command
    /// `nil` when there is nothing to pay.
    public var payout: Command?
    /// 1, and one more each time a person had the unfinished commands sent again.
    public var round: Int
    /// A person has closed the case while the payout had not succeeded: the money went by other means, so that no payout
    /// is sent any more, whatever is told later.
    public var isPaidOtherwise: Bool

    public init(
        approvedAt: Instant, refund: Money, revocation: Command, payout: Command?, round: Int,
        isPaidOtherwise: Bool = false
    ) {
        self.approvedAt = approvedAt
        self.refund = refund
        self.revocation = revocation
        self.payout = payout
        self.round = round
        self.isPaidOtherwise = isPaidOtherwise
    }

    /// The commands in the order in which they are sent.
    public var commands: [Command] {
        [revocation] + (payout.map { [$0] } ?? [])
    }

    public var isComplete: Bool {
        revocation.hasSucceeded && (isPaidOtherwise || payout?.hasSucceeded ?? true)
    }

    /// Whether a command may still be sent: a payout may not, once the money went by other means.
    func maySend(_ kind: CommandKind) -> Bool { kind == .revoke || !isPaidOtherwise }

    /// Whether a command that may still be sent was left to a person.
    var isGivenUp: Bool {
        commands.contains { command in
            if case .failed = command.progress { maySend(command.kind) } else { false }
        }
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
