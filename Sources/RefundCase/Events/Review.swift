public import RefundPolicy

/// A person's verdict (contract § 3, `refund.reviewed`).
public struct Review: Hashable, Sendable {
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        /// A case in review is approved.
        case approve
        /// A case in review is rejected.
        case reject
        /// The access was taken away by hand: the revocation counts as done.
        case accessWithdrawn = "access_withdrawn"
        /// A case in attention was settled by other means.
        case close
        /// No refund is made after all.
        case void
    }

    /// `nil` only for a verdict that a store of version 1 has kept.
    public var actionID: ActionID?
    public var verdict: Verdict
    /// Of `approve` instead of the computed amount, at most what is left on the line; of `close` what was paid by other
    /// means, at most what is owed.
    public var amount: Money?
    /// How the payment by other means can be found.
    public var reference: String?
    public var by: Signature
    /// Ours; never told to the customer.
    public var note: String
    /// For the customer.
    public var reasonText: String?

    public init(
        actionID: ActionID?, verdict: Verdict, amount: Money? = nil, reference: String? = nil, by: Signature,
        note: String, reasonText: String? = nil
    ) {
        self.actionID = actionID
        self.verdict = verdict
        self.amount = amount
        self.reference = reference
        self.by = by
        self.note = note
        self.reasonText = reasonText
    }
}
