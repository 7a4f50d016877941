public import RefundPolicy

/// The policy as it is in force now, with each version kept as one object.
public struct PolicyShelf: Sendable {
    public let policy: Policy
    private let kept: [KeptPolicy]

    public init(_ policy: Policy) {
        self.policy = policy
        kept = policy.versions.map { KeptPolicy($0) }
    }

    /// The version for an invoice of that day: the latest that was in force, or else the first (contract § 5).
    public func version(forInvoiceIssuedOn date: CalendarDate) -> KeptPolicy {
        kept.last { $0.version.effectiveFrom <= date } ?? kept[0]
    }
}
