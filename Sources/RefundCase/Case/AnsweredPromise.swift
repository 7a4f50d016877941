public import RefundPolicy

extension RefundCase {
    /// How the deadlines stand, knowing when the final answer went out (contract § 1: it is met when the broker has
    /// confirmed the notice).
    ///
    /// A case itself takes note of that only when something falls due, so whoever shows a case asks here.
    ///
    /// - Parameter answeredAt: when the broker confirmed the final notice; `nil` while it has not.
    public func deadlines(answeredAt: Instant?) -> Deadlines {
        guard let answeredAt, answeredAt <= respondBy, state.status != .inReview, deadlines.response != .missed else {
            return deadlines
        }
        return Deadlines(response: .met, refund: deadlines.refund)
    }
}
