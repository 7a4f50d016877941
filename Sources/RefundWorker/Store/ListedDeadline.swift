public import RefundCase
public import RefundPolicy

extension RefundCase {
    /// The earliest promise that an open case has not kept: what lists of overdue cases go by; `nil` when nothing is
    /// owed. The answer counts until it is given, or for good once it was late.
    public var listedDeadline: Instant? {
        guard state.status.isOpen else { return nil }
        let owesAnswer = deadlines.response == .missed || (state.status == .inReview && deadlines.response != .met)
        let answer = owesAnswer ? respondBy : nil
        let refund = deadlines.refund == .met ? nil : refundBy
        guard let answer, let refund else { return answer ?? refund }
        return min(answer, refund)
    }
}
