/// What follows from an event, to be committed with it and published afterwards, in this order.
public enum Effect: Hashable, Sendable {
    /// A new message, at that place among the case's messages.
    case send(OutboundMessage, at: MessageOrdinal)
    /// An earlier message once more, byte for byte; `attempt` counts from 1.
    case resend(CommandKind, MessageOrdinal, attempt: Int)
    /// An earlier message goes out no more, unless the broker has it already.
    case takeBack(CommandKind, MessageOrdinal)
}

/// A message to another system, without what the case itself tells.
public enum OutboundMessage: Hashable, Sendable {
    /// A command under its idempotency key's number.
    case command(CommandKind, key: Int)
    case notice(NoticeKind)
    case alert(AlertCause)
}

/// What a customer is told; the raw value ends the notice's id (contract § 3).
public enum NoticeKind: String, Hashable, Sendable, CaseIterable {
    case approved = "approved"
    case rejected = "rejected"
    case inReview = "in_review"
    case settled = "settled"
    case withdrawn = "withdrawn"
    case withdrawalRefused = "withdrawal_refused"
}

/// Why operators are called; each is told once for a case.
public enum AlertCause: Hashable, Sendable {
    case deadlineAtRisk(DeadlineKind)
    case deadlineMissed(DeadlineKind)
    /// A command was given up in that round.
    case command(CommandKind, Command.Trouble, round: Int)
    /// Two keys of one command were told to have succeeded.
    case doneTwice(CommandKind)
    /// The customer keeps the service after all, and its revocation was already sent.
    case revokedAfterWithdrawal

    /// The end of the alert's id: `<request_id>/alert/<cause>` (contract § 3).
    public var name: String {
        switch self {
        case .deadlineAtRisk(let kind): "\(kind.rawValue)_at_risk"
        case .deadlineMissed(let kind): "\(kind.rawValue)_missed"
        case .command(let kind, let trouble, let round):
            round == 1 ? "\(kind.rawValue)_\(trouble.rawValue)" : "\(kind.rawValue)_\(trouble.rawValue).\(round)"
        case .doneTwice(let kind): "\(kind.rawValue)_done_twice"
        case .revokedAfterWithdrawal: "revoke_after_withdrawal"
        }
    }

    /// The `code` of `alert.needs_attention`; `nil` for alerts about deadlines.
    public var code: String? {
        switch self {
        case .deadlineAtRisk, .deadlineMissed: nil
        case .command(let kind, let trouble, _): "\(kind.rawValue)_\(trouble.rawValue)"
        case .doneTwice, .revokedAfterWithdrawal: name
        }
    }
}
