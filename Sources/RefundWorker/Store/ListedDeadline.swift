public import RefundCase
public import RefundPolicy

extension RefundCase {
    /// The earliest promise that an open case still owes: what lists of overdue cases go by; `nil` when nothing is owed.
    ///
    /// The answer is given with the decision, so that review alone leaves it open. One that was given late is told in its
    /// case, and counts no more here: nobody can do anything about it.
    public var listedDeadline: Instant? {
        guard state.status.isOpen else { return nil }
        let owesAnswer = state.status == .inReview && deadlines.response != .met
        let answer = owesAnswer ? respondBy : nil
        let refund = deadlines.refund == .met ? nil : refundBy
        guard let answer, let refund else { return answer ?? refund }
        return min(answer, refund)
    }
}
