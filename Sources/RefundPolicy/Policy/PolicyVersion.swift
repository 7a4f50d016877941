/// One version of the policy: the terms that a case is judged and kept by for good (contract § 5).
public struct PolicyVersion: Hashable, Sendable {
    /// The policy's name, such as `standard`.
    public var name: String
    /// The first invoice date that it applies to; also what messages call its version.
    public var effectiveFrom: CalendarDate
    public var timeZone: PolicyTimeZone
    /// What is a weekend and a holiday, for everything that counts business days.
    public var calendar = BusinessCalendar()
    /// In time are returns up to that many days after the day from which the window counts.
    public var returnWindowDays: Int
    public var returnWindowCounts = WindowDays.calendar
    /// Whether a window that would end on no business day ends on the next one.
    public var returnWindowRolls = false
    public var returnWindowFrom = WindowStart.invoice
    public var returnAmount = ReturnAmount.full
    /// What becomes of a return that comes too late.
    public var lateReturn = LateReturn.offer
    /// Whether services can be sent back for all the money.
    public var isReturnable = true
    /// Whether services can be cancelled.
    public var isCancellable = true
    public var respondWithin: Period
    public var refundWithin: Period
    public var atRisk: AtRisk
    public var funds: FundsWindow
    public var rounding: Rounding
    public var payout: PayoutOrder
    /// How long both commands of an approved case are held, so that the customer may still think again.
    public var coolingOff: Period
    /// Whether a request must carry a copy of the invoice's payment.
    public var proof = Proof.required
    /// Whether the customer is told at once that the request has come.
    public var acknowledges = false
    /// Refunds over these amounts wait for a person, and so does any in a currency that has none; at most one amount
    /// for each currency, in order of their codes. `nil` where no refund waits for its size.
    public var reviewAbove: [Money]?
    public var commands: CommandTerms
    /// What is changed for some requests; the first that matches counts.
    public var terms: [PolicyTerms] = []
    /// Which of its terms this version was changed by for a request; `nil` where none matched.
    public internal(set) var termsName: String?
    /// The window that a return has missed, where this is the version as it is for one that counts as a cancellation
    /// therefore: that window is the return's, and the rest a cancellation's.
    var missedWindow: ReturnWindow?
    /// How it is read where a case was opened under version 1 of the contract; `nil` for all others.
    public var firstReading: FirstReading?

    public init(
        name: String, effectiveFrom: CalendarDate, timeZone: PolicyTimeZone, returnWindowDays: Int,
        respondWithin: Period, refundWithin: Period, atRisk: AtRisk, funds: FundsWindow,
        rounding: Rounding, payout: PayoutOrder, coolingOff: Period = .zero, reviewAbove: [Money]?,
        commands: CommandTerms
    ) {
        self.name = name
        self.effectiveFrom = effectiveFrom
        self.timeZone = timeZone
        self.returnWindowDays = returnWindowDays
        self.respondWithin = respondWithin
        self.refundWithin = refundWithin
        self.atRisk = atRisk
        self.funds = funds
        self.rounding = rounding
        self.payout = payout
        self.coolingOff = coolingOff
        self.reviewAbove = reviewAbove
        self.commands = commands
    }

    /// The version as messages name it: the day it took effect.
    public var version: String { effectiveFrom.description }

    /// When the answer must be out.
    public func respondBy(submittedAt: Instant) -> Instant {
        end(of: respondWithin, from: submittedAt)
    }

    /// When the payout must have succeeded.
    public func refundBy(submittedAt: Instant) -> Instant {
        end(of: refundWithin, from: submittedAt)
    }
}

/// Which days a return window counts.
public enum WindowDays: Hashable, Sendable {
    case calendar, business
}

/// From which day a return window counts, which is day 0.
public enum WindowStart: String, Hashable, Sendable, CaseIterable {
    /// The invoice's.
    case invoice
    /// The day on which the contract was concluded, where the request says it; else the invoice's.
    case contract
}

/// Whether a copy of the payment is asked for.
public enum Proof: String, Hashable, Sendable, CaseIterable {
    case required, optional
}

/// What a return in time gets back.
public enum ReturnAmount: String, Hashable, Sendable, CaseIterable {
    /// All that was paid, whatever was used.
    case full
    /// What remains, as a cancellation does.
    case remaining
}

/// What becomes of a return that comes after its window.
public enum LateReturn: String, Hashable, Sendable, CaseIterable {
    /// Rejected, and the notice offers what a cancellation would pay.
    case offer
    case reject
    /// Judged as a cancellation.
    case cancel
}

/// How long before a deadline its alert goes out.
public struct AtRisk: Hashable, Sendable {
    public var response: Period
    public var refund: Period

    public init(response: Period, refund: Period) {
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
    public var replyWithin: Period
    public var backoff: Backoff
    /// How many times a command is sent in all, 1 or more.
    public var maxAttempts: Int

    public init(replyWithin: Period, backoff: Backoff, maxAttempts: Int) {
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
