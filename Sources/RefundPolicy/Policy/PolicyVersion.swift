/// One version of the policy: the terms that a case is judged and kept by for good (contract § 5).
public struct PolicyVersion: Hashable, Sendable {
    /// The policy's name, such as `standard`.
    public var name: String
    /// The first invoice date that it applies to; also what messages call its version.
    public var effectiveFrom: CalendarDate
    public var timeZone: PolicyTimeZone
    /// In time are returns up to that many calendar days after the day of issue.
    public var returnWindowDays: Int
    public var respondWithin: Duration
    public var refundWithin: Duration
    public var atRisk: AtRisk
    public var funds: FundsWindow
    public var nonReturnable: [ServicePattern]
    public var rounding: Rounding
    public var payout: PayoutOrder
    /// How long both commands of an approved case are held, so that the customer may still think again.
    public var coolingOff: Duration
    /// Refunds over these amounts wait for a person; at most one amount for each currency, in order of their codes.
    public var reviewAbove: [Money]
    public var commands: CommandTerms

    public init(
        name: String, effectiveFrom: CalendarDate, timeZone: PolicyTimeZone, returnWindowDays: Int,
        respondWithin: Duration, refundWithin: Duration, atRisk: AtRisk, funds: FundsWindow,
        nonReturnable: [ServicePattern], rounding: Rounding, payout: PayoutOrder, coolingOff: Duration = .zero,
        reviewAbove: [Money], commands: CommandTerms
    ) {
        self.name = name
        self.effectiveFrom = effectiveFrom
        self.timeZone = timeZone
        self.returnWindowDays = returnWindowDays
        self.respondWithin = respondWithin
        self.refundWithin = refundWithin
        self.atRisk = atRisk
        self.funds = funds
        self.nonReturnable = nonReturnable
        self.rounding = rounding
        self.payout = payout
        self.coolingOff = coolingOff
        self.reviewAbove = reviewAbove
        self.commands = commands
    }

    /// The version as messages name it: the day it took effect.
    public var version: String { effectiveFrom.description }

    /// When the answer must be out.
    public func respondBy(submittedAt: Instant) -> Instant { submittedAt + respondWithin }

    /// When the payout must have succeeded.
    public func refundBy(submittedAt: Instant) -> Instant { submittedAt + refundWithin }
}

/// How long before a deadline its alert goes out.
public struct AtRisk: Hashable, Sendable {
    public var response: Duration
    public var refund: Duration

    public init(response: Duration, refund: Duration) {
        self.response = response
        self.refund = refund
    }
}

/// Whether the payout waits for the revocation.
public enum PayoutOrder: String, Hashable, Sendable, CaseIterable {
    case onApproval = "on_approval"
    case afterRevocation = "after_revocation"
}

/// How commands are sent again.
public struct CommandTerms: Hashable, Sendable {
    /// How long to wait for a reply before the same command is sent again.
    public var replyWithin: Duration
    public var backoff: Backoff
    /// How many times a command is sent in all, 1 or more.
    public var maxAttempts: Int

    public init(replyWithin: Duration, backoff: Backoff, maxAttempts: Int) {
        self.replyWithin = replyWithin
        self.backoff = backoff
        self.maxAttempts = maxAttempts
    }
}

/// Growing waits between attempts.
public struct Backoff: Hashable, Sendable {
    public var first: Duration
    /// What each wait is multiplied by for the next, 1 or more.
    public var factor: Double
    /// No wait is longer.
    public var cap: Duration
    /// The share of a wait by which it may vary either way, 0...1.
    public var jitter: Double

    public init(first: Duration, factor: Double, cap: Duration, jitter: Double) {
        self.first = first
        self.factor = factor
        self.cap = cap
        self.jitter = jitter
    }
}
