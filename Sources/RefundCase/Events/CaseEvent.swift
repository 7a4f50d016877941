public import RefundPolicy

/// What can happen to a case after it was opened.
public enum CaseEvent: Hashable, Sendable {
    case succeeded(CommandReply<Success>)
    case failed(CommandReply<Failure>)
    case withdrawn(Withdrawal)
    case reviewed(Review)
    case retried(Retry)
    /// Time has come for a deadline or a command.
    case fellDue
}

extension CaseEvent {
    /// Who signed it, where a person acts.
    public var signature: Signature? {
        switch self {
        case .reviewed(let review): review.by
        case .retried(let retry): retry.by
        case .succeeded, .failed, .withdrawn, .fellDue: nil
        }
    }
}

/// What the other side said about a key of a command.
public struct CommandReply<Report: Hashable & Sendable>: Hashable, Sendable {
    public var kind: CommandKind
    /// The `n` of the idempotency key, from 1.
    public var key: Int
    public var report: Report

    public init(kind: CommandKind, key: Int, report: Report) {
        self.kind = kind
        self.key = key
        self.report = report
    }
}

/// The other side did it.
public struct Success: Hashable, Sendable {
    /// By the sender's clock, which decides nothing.
    public var occurredAt: Instant
    /// The other side's own name for what it did.
    public var reference: String?

    public init(occurredAt: Instant, reference: String?) {
        self.occurredAt = occurredAt
        self.reference = reference
    }
}

/// The other side could not do it.
public struct Failure: Hashable, Sendable {
    /// By the sender's clock, which decides nothing.
    public var occurredAt: Instant
    public var code: String
    public var message: String?
    public var isRetryable: Bool

    public init(occurredAt: Instant, code: String, message: String?, isRetryable: Bool) {
        self.occurredAt = occurredAt
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
    }
}

/// The customer changed their mind (contract § 3, `refund.withdrawn`).
public struct Withdrawal: Hashable, Sendable {
    public var submittedAt: Instant
    public var reason: String?

    public init(submittedAt: Instant, reason: String?) {
        self.submittedAt = submittedAt
        self.reason = reason
    }
}

/// A person wants the unfinished commands sent again (contract § 3, `refund.retried`).
public struct Retry: Hashable, Sendable {
    public var actionID: ActionID
    public var by: Signature
    public var note: String?

    public init(actionID: ActionID, by: Signature, note: String?) {
        self.actionID = actionID
        self.by = by
        self.note = note
    }
}
