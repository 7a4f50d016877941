import RefundPolicy

/// How the two promises of the policy stand: an answer in time, and the money in time (contract § 1).
public struct Deadlines: Hashable, Sendable {
    public enum Standing: String, Hashable, Sendable, CaseIterable {
        case pending
        /// The time of the warning has passed.
        case atRisk = "at_risk"
        case missed
        case met
    }

    public var response: Standing
    public var refund: Standing

    public init(response: Standing, refund: Standing) {
        self.response = response
        self.refund = refund
    }

    /// When one of them needs to be looked at; `nil` when both are settled one way or the other.
    func nextDue(respondBy: Instant, refundBy: Instant, under policy: PolicyVersion) -> Instant? {
        earliest(
            Deadlines.nextDue(response, by: respondBy, atRisk: policy.atRisk.response, policy),
            Deadlines.nextDue(refund, by: refundBy, atRisk: policy.atRisk.refund, policy))
    }

    private static func nextDue(
        _ standing: Standing, by deadline: Instant, atRisk: Period, _ policy: PolicyVersion
    ) -> Instant? {
        switch standing {
        case .pending: policy.start(of: atRisk, endingAt: deadline)
        case .atRisk: deadline
        case .missed, .met: nil
        }
    }
}

/// Which of the two promises.
public enum DeadlineKind: String, Hashable, Sendable, CaseIterable {
    case response, refund
}

/// The earlier of two instants, either of which may be missing.
func earliest(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
}
