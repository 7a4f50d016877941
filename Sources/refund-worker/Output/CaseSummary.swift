import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

extension RefundCase {
    /// The reasons that hold the case back or rejected it, by their names.
    var reasonNames: [String] {
        shownReasons.map(\.name)
    }

}

extension ListedCase {
    /// A deadline for a table: when, and how long that is; or that it is kept.
    func deadlineText(_ kind: DeadlineKind, at now: Instant) -> String {
        let by = kind == .response ? refundCase.respondBy : refundCase.refundBy
        let standing = kind == .response ? deadlines.response : deadlines.refund
        let isOpen = refundCase.state.status.isOpen
        if kind == .refund, refundCase.shownRefund == nil, !isOpen { return "–" }
        if standing == .met { return "met" }
        guard isOpen || kind == .response else { return "–" }
        return "\(by.shortText) (\(standing == .missed ? "missed, " : "")\(by.distance(from: now)))"
    }
}

extension JSONWriter {
    /// What `cases list` tells of a case.
    mutating func summary(of listed: ListedCase) {
        let refundCase = listed.refundCase
        string("request_id", refundCase.id.text)
        string("kind", refundCase.request.kind.rawValue)
        string("status", refundCase.state.status.rawValue)
        name("reasons")
        beginArray()
        for name in refundCase.reasonNames { string(name) }
        endArray()
        if let refund = refundCase.shownRefund { money("refund", refund) }
        string("submitted_at", refundCase.request.submittedAt.description)
        string("respond_by", refundCase.respondBy.description)
        string("response", listed.deadlines.response.rawValue)
        string("refund_by", refundCase.refundBy.description)
        string("refund_deadline", listed.deadlines.refund.rawValue)
    }
}
