/// What follows from an event, to be committed with it and published afterwards, in this order.
public enum Effect: Hashable, Sendable {
    /// A new message, at that place among the case's messages.
    case send(OutboundMessage, at: MessageOrdinal)
    /// An earlier message once more, byte for byte; `attempt` counts from 1.
    case resend(CommandKind, MessageOrdinal, attempt: Int)
    /// An earlier message, which no worker holds and the broker never had, goes out no more.
    case takeBack(CommandKind, MessageOrdinal)
    /// An earlier message is sent no more from the store. The broker may have it, or a worker that holds it may still hand
    /// it over.
    case cancel(CommandKind, MessageOrdinal)
}

/// A message to another system, without what the case itself tells.
public enum OutboundMessage: Hashable, Sendable {
    /// A command under its idempotency key's number.
    case command(CommandKind, key: Int)
    /// `number` is 1 for the first of its kind, and grows where it is told again.
    case notice(NoticeKind, number: Int)
    case alert(AlertCause, number: Int)
}

/// What a customer is told; the raw value ends the notice's id (contract § 3).
public enum NoticeKind: String, Hashable, Sendable, CaseIterable {
    /// That the request has come, whatever is decided.
    case received = "received"
    case approved = "approved"
    case rejected = "rejected"
    case inReview = "in_review"
    case settled = "settled"
    case delayed = "delayed"
    case withdrawn = "withdrawn"
    case withdrawalRefused = "withdrawal_refused"

    /// Whether it is told once for a case, whatever happens.
    var isToldOnce: Bool { self != .settled && self != .delayed }

    /// The end of the notice's id: `settled`, `settled.2` (contract § 3).
    public func name(number: Int) -> String { numbered(rawValue, number) }
}

/// What may be wrong with a key of a command (contract § 4, the table).
public enum KeyTrouble: String, Hashable, Sendable, CaseIterable {
    /// The other side refused for good, or failed at the last attempt.
    case failed
    /// No reply to the last attempt.
    case unanswered
    /// It failed after it had stood.
    case bounced
    /// Two of its words contradict each other, so that one of them was told late or wrong.
    case contradicted
    /// An earlier key has succeeded while this one was out: both may be done.
    case inDoubt = "in_doubt"
    /// It succeeded while another key stood.
    case doneTwice = "done_twice"
    /// It succeeded after the case had ended without it.
    case afterEnd = "after_end"

    /// The `code` of `alert.needs_attention`; a revocation that bounces is undone.
    public func code(of kind: CommandKind) -> String {
        kind == .revoke && self == .bounced ? "revoke_undone" : "\(kind.rawValue)_\(rawValue)"
    }
}

/// Why operators are called.
public enum AlertCause: Hashable, Sendable {
    case deadlineAtRisk(DeadlineKind)
    case deadlineMissed(DeadlineKind)
    case key(CommandKind, key: Int, KeyTrouble)
    /// An approval was taken back after its revocation was sent.
    case accessToRestore
    /// A payout that was held would be paid in a currency that was withdrawn meanwhile.
    case currencyWithdrawn
    /// The case has had `RefundCase.manyEvents` events.
    case manyEvents

    /// The end of the alert's id without its number: `<request_id>/alert/<cause>` (contract § 3).
    public var name: String {
        switch self {
        case .deadlineAtRisk(let kind): "\(kind.rawValue)_at_risk"
        case .deadlineMissed(let kind): "\(kind.rawValue)_missed"
        case .key(let kind, let key, let trouble): "\(trouble.code(of: kind))/\(kind.rawValue)#\(key)"
        case .accessToRestore, .currencyWithdrawn, .manyEvents: code ?? ""
        }
    }

    /// The same with its number: the second bounce of a key ends in `.2`.
    public func name(number: Int) -> String { numbered(name, number) }

    /// The `code` of `alert.needs_attention`; `nil` for alerts about deadlines.
    public var code: String? {
        switch self {
        case .deadlineAtRisk, .deadlineMissed: nil
        case .key(let kind, _, let trouble): trouble.code(of: kind)
        case .accessToRestore: "access_to_restore"
        case .currencyWithdrawn: "currency_withdrawn"
        case .manyEvents: "many_events"
        }
    }

    /// Whether it is told once for a case, whatever happens.
    ///
    /// A key that is in doubt stays so until it is answered, and then never is again: it is one cause, however often
    /// another key comes to stand beside it (contract § 3, "once for each cause").
    var isToldOnce: Bool {
        switch self {
        case .key(_, _, .inDoubt), .deadlineAtRisk, .deadlineMissed, .accessToRestore, .currencyWithdrawn,
            .manyEvents:
            true
        case .key: false
        }
    }
}

extension Command.Trouble {
    /// Why operators are called when a command is given up.
    func cause(of command: Command) -> AlertCause {
        switch self {
        case .failed: .key(command.kind, key: command.key, .failed)
        case .unanswered: .key(command.kind, key: command.key, .unanswered)
        case .bounced: .key(command.kind, key: command.key, .bounced)
        case .currencyWithdrawn: .currencyWithdrawn
        }
    }
}

/// `name`, and from the second on `name.2`.
private func numbered(_ name: String, _ number: Int) -> String {
    number > 1 ? "\(name).\(number)" : name
}
