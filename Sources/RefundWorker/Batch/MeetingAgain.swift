import RefundCase
import RefundMessages
import RefundPolicy

extension RefundCase {
    /// What becomes of a request under the case's id: the same once more changes nothing, another is a conflict. A case
    /// that was opened under version 1 of the contract is held against what that version reads in it: the same bytes say
    /// more today.
    func outcome(of request: RefundRequest, body: [UInt8]) -> DecisionDesk.Outcome {
        if self.request == request { return .unchanged }
        guard policy.firstReading != nil, let before = try? InboundDecoder().decodeRequestOfBefore(body) else {
            return .refused(.requestIDConflict)
        }
        return self.request == before ? .unchanged : .refused(.requestIDConflict)
    }
}
