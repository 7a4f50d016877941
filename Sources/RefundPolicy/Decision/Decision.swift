/// What the policy says about one request.
public struct Decision: Hashable, Sendable {
    /// Every reason that applies; empty when approved.
    public let reasons: ReasonSet
    /// How the amount comes about; `nil` where it cannot be computed.
    public let calculation: Calculation?

    public init(reasons: ReasonSet, calculation: Calculation?) {
        self.reasons = reasons
        self.calculation = calculation
    }

    public var outcome: Outcome { reasons.outcome }

    /// What goes back; `nil` unless approved.
    public var refund: Money? {
        outcome == .approved ? calculation?.refund : nil
    }
}

/// An amount as a fraction that a person can check: refund = paid × numerator / denominator, rounded once.
public struct Calculation: Hashable, Sendable {
    /// What the fraction counts.
    public enum Basis: String, Hashable, Sendable, CaseIterable {
        /// Remaining over included usage.
        case usage
        /// Unused days over the days of the term; none after its end.
        case term
        /// All that was paid.
        case full
    }

    public let basis: Basis
    public let paid: Money
    public let numerator: Int128
    public let denominator: Int128
    public let rounding: Rounding
    public let refund: Money
    /// What keeps the refund under the fraction; `nil` where nothing does.
    public let limitedBy: Limit?

    /// What an amount may be cut to.
    public enum Limit: String, Hashable, Sendable, CaseIterable {
        /// What is left of the invoice's total after what was granted on it before.
        case invoiceTotal = "invoice_total"
    }

    public init(
        basis: Basis, paid: Money, numerator: Int128, denominator: Int128, rounding: Rounding, refund: Money,
        limitedBy: Limit? = nil
    ) {
        self.basis = basis
        self.paid = paid
        self.numerator = numerator
        self.denominator = denominator
        self.rounding = rounding
        self.refund = refund
        self.limitedBy = limitedBy
    }
}

/// One rule of the policy, and how it came out for one request.
public struct RuleFinding: Hashable, Sendable {
    /// The rule's name in messages, such as `return_window`.
    public let rule: String
    /// `nil` where nobody has looked, which only happens outside of the worker.
    public let holds: Bool?
    /// What was compared, for people; free of contacts and tokens.
    public let detail: String

    public init(rule: String, holds: Bool?, detail: String) {
        self.rule = rule
        self.holds = holds
        self.detail = detail
    }
}
