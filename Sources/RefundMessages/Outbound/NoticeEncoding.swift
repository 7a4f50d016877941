public import RefundCase
import RefundPolicy

extension OutboundEncoder {
    /// Writes a notice to the customer (contract § 3). Its bytes depend on the case and the instant alone.
    func encodeNotice(_ kind: NoticeKind, of refundCase: RefundCase, at now: Instant) -> EncodedMessage {
        let id = joined(refundCase.id.text, "/", kind.rawValue)
        var writer = JSONWriter(capacity: 2_048)
        writer.beginObject()
        writer.string("notice_id", id)
        writer.string("request_id", refundCase.id.text)
        writer.string("order_number", ifPresent: refundCase.request.orderNumber)
        writer.raw("customer", ifPresent: refundCase.request.customer?.json)
        let type: OutboundType
        switch kind {
        case .approved, .rejected, .inReview:
            type = .decided
            writer.decision(of: refundCase, as: kind.outcome, at: now)
        case .settled:
            type = .settled
            writer.decision(of: refundCase, as: .approved, at: refundCase.state.fulfilment?.approvedAt ?? now)
            writer.settlement(of: refundCase, at: now)
        case .withdrawn, .withdrawalRefused:
            type = kind == .withdrawn ? .withdrawn : .withdrawalRefused
            writer.string("status", refundCase.state.status.rawValue)
            writer.instant("submitted_at", refundCase.request.submittedAt)
        }
        writer.endObject()
        return EncodedMessage(id: id, type: type, body: writer.bytes)
    }

    /// What `evaluate` prints for a decision that no case was opened for: the fields of `notice.decided`.
    public func encodeDecision(of refundCase: RefundCase) -> EncodedMessage {
        let kind: NoticeKind =
            switch refundCase.state.status {
            case .rejected: .rejected
            case .inReview: .inReview
            default: .approved
            }
        return encodeNotice(kind, of: refundCase, at: refundCase.openedAt)
    }
}

extension NoticeKind {
    fileprivate var outcome: Outcome {
        switch self {
        case .rejected: .rejected
        case .inReview: .inReview
        case .approved, .settled, .withdrawn, .withdrawalRefused: .approved
        }
    }
}

extension JSONWriter {
    /// The members of `notice.decided` from `outcome` on.
    fileprivate mutating func decision(of refundCase: RefundCase, as outcome: Outcome, at decidedAt: Instant) {
        string("outcome", outcome.rawValue)
        reasons(of: refundCase, as: outcome)
        if let refund = refundCase.state.fulfilment?.refund {
            money("refund", refund)
            // An amount that a person chose has no fraction behind it, even where a later review closed the case.
            if let calculation = refundCase.decision.calculation, calculation.refund == refund {
                self.calculation(calculation)
            }
        }
        name("rules")
        beginArray()
        for finding in refundCase.policy.findings(for: refundCase.request, line: refundCase.standing) {
            beginObject()
            string("rule", finding.rule)
            boolean("holds", finding.holds)
            string("detail", finding.detail)
            endObject()
        }
        endArray()
        object("policy") { writer in
            writer.string("name", refundCase.policy.name)
            writer.string("version", refundCase.policy.version)
        }
        instant("submitted_at", refundCase.request.submittedAt)
        instant("decided_at", decidedAt)
        instant("respond_by", refundCase.respondBy)
        instant("refund_by", refundCase.refundBy)
    }

    /// Every reason that applies, in the contract's order; none where the request was approved.
    private mutating func reasons(of refundCase: RefundCase, as outcome: Outcome) {
        name("reasons")
        beginArray()
        if outcome != .approved {
            var reasons = refundCase.decision.reasons
            let review = refundCase.review?.verdict == .reject ? refundCase.review : nil
            if review != nil { reasons.insert(.rejectedByReview) }
            for code in reasons {
                beginObject()
                string("code", code.name)
                let note = code == .rejectedByReview ? review?.note : nil
                string("message", note ?? code.message(for: refundCase.request, under: refundCase.policy))
                endObject()
            }
        }
        endArray()
    }

    private mutating func calculation(_ calculation: Calculation) {
        object("calculation") { writer in
            writer.string("basis", calculation.basis.rawValue)
            writer.money("paid", calculation.paid)
            writer.integer("numerator", calculation.numerator)
            writer.integer("denominator", calculation.denominator)
            writer.string("rounding", calculation.rounding.rawValue)
        }
    }

    /// When it was settled, and where money was sent the dates between which it shows (contract § 1).
    fileprivate mutating func settlement(of refundCase: RefundCase, at settledAt: Instant) {
        instant("settled_at", settledAt)
        guard let payout = refundCase.state.fulfilment?.payout, payout.hasSucceeded else { return }
        // The bank's days begin when the money was sent, though the revocation may have finished later.
        let sentAt = min(payout.success?.occurredAt ?? settledAt, settledAt)
        let day = refundCase.policy.timeZone.date(of: sentAt)
        let funds = refundCase.policy.funds.expected(settledOn: day)
        object("funds_expected") { writer in
            writer.string("earliest", funds.earliest.description)
            writer.string("latest", funds.latest.description)
        }
    }
}
