public import RefundPolicy

/// How a case began: the request, the terms, and how its invoice line stood. Nothing of it ever changes, so that all
/// copies of a case share one object: a case is copied several times for each message, and this is most of it.
public final class CaseOrigin: Sendable {
    public let request: RefundRequest
    /// The version that was in force, with all its terms.
    public let version: PolicyVersion
    /// The same as it is for this request.
    public let policy: PolicyVersion
    public let standing: InvoiceLine.Standing
    public let openedAt: Instant
    public let traceparent: String?

    init(
        request: RefundRequest, policy: PolicyVersion, standing: InvoiceLine.Standing, openedAt: Instant,
        traceparent: String?
    ) {
        self.request = request
        version = policy
        self.policy = policy.applied(to: request)
        self.standing = standing
        self.openedAt = openedAt
        self.traceparent = traceparent
    }
}

extension CaseOrigin: Hashable {
    public static func == (left: CaseOrigin, right: CaseOrigin) -> Bool {
        left === right
            || (left.request == right.request && left.version == right.version && left.standing == right.standing
                && left.openedAt == right.openedAt && left.traceparent == right.traceparent)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(request)
        hasher.combine(standing)
        hasher.combine(openedAt)
    }
}
