public import RefundPolicy

/// What can happen to a case after it was opened.
public enum CaseEvent: Hashable, Sendable {
    case succeeded(CommandReply<Success>)
    case failed(CommandReply<Failure>)
    case withdrawn(Withdrawal)
    case reviewed(Review)
    case retried(Retry)
    /// Time has come for a deadline or a command; with what the store knows about what is out.
    case fellDue(PublicationFacts)
}

/// What the other side said about a command. The key is 0 where the reply did not name one: the current key is meant.
public struct CommandReply<Report: Hashable & Sendable>: Hashable, Sendable {
    public var kind: CommandKind
    public var report: Report

    public init(kind: CommandKind, report: Report) {
        self.kind = kind
        self.report = report
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

/// A person's verdict (contract § 3, `refund.reviewed`).
public struct Review: Hashable, Sendable {
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        case approve, reject
        /// A case in attention was settled by other means.
        case close
    }

    public var verdict: Verdict
    /// Instead of the computed amount; at most what was paid, in its currency.
    public var amount: Money?
    public var by: String
    public var note: String

    public init(verdict: Verdict, amount: Money?, by: String, note: String) {
        self.verdict = verdict
        self.amount = amount
        self.by = by
        self.note = note
    }
}

/// A person wants the unfinished commands sent again (contract § 3, `refund.retried`).
public struct Retry: Hashable, Sendable {
    public var by: String
    public var note: String?

    public init(by: String, note: String?) {
        self.by = by
        self.note = note
    }
}

/// What of a case's messages the broker has confirmed, as the store recorded it.
public struct PublicationFacts: Hashable, Sendable {
    /// When the final notice (approved, rejected) was confirmed.
    public var answeredAt: Instant?
    /// Whether the revocation's current message was confirmed.
    public var revocationIsOut: Bool
    /// Whether the payout's current message was confirmed.
    public var payoutIsOut: Bool

    public init(answeredAt: Instant?, revocationIsOut: Bool, payoutIsOut: Bool) {
        self.answeredAt = answeredAt
        self.revocationIsOut = revocationIsOut
        self.payoutIsOut = payoutIsOut
    }
}
