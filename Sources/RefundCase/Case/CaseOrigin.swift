public import RefundPolicy

/// How a case began: the request, the terms, and how its invoice line stood. Nothing of it ever changes, so that all
/// copies of a case share one object: a case is copied several times for each message, and this is most of it.
public final class CaseOrigin: Sendable {
    public let request: RefundRequest
    public let policy: PolicyVersion
    public let standing: InvoiceLine.Standing
    public let openedAt: Instant
    public let traceparent: String?

    init(
        request: RefundRequest, policy: PolicyVersion, standing: InvoiceLine.Standing, openedAt: Instant,
        traceparent: String?
    ) {
        self.request = request
        self.policy = policy
        self.standing = standing
        self.openedAt = openedAt
        self.traceparent = traceparent
    }
}

extension CaseOrigin: Hashable {
    public static func == (left: CaseOrigin, right: CaseOrigin) -> Bool {
        left === right
            || (left.request == right.request && left.policy == right.policy && left.standing == right.standing
                && left.openedAt == right.openedAt && left.traceparent == right.traceparent)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(request)
        hasher.combine(standing)
        hasher.combine(openedAt)
    }
}
