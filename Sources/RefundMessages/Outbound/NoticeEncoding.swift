public import RefundCase
public import RefundPolicy

extension OutboundEncoder {
    /// Writes a notice to the customer (contract § 3). Its bytes depend on the case and the instant alone.
    ///
    /// - Parameter findings: how each rule came out; those of the case where nothing else is said.
    func encodeNotice(
        _ kind: NoticeKind, number: Int, of refundCase: RefundCase, findings: [RuleFinding]? = nil, at now: Instant
    ) -> EncodedMessage {
        let id = joined(refundCase.id.text, "/", kind.name(number: number))
        var writer = JSONWriter(capacity: 2_048)
        writer.beginObject()
        writer.string("notice_id", id)
        writer.string("request_id", refundCase.id.text)
        writer.string("order_number", ifPresent: refundCase.request.orderNumber)
        writer.raw("customer", ifPresent: refundCase.request.customer?.json)
        let type: OutboundType
        switch kind {
        case .received:
            type = .received
            writer.instant("submitted_at", refundCase.request.submittedAt)
            writer.instant("received_at", now)
            writer.instant("respond_by", refundCase.respondBy)
        case .approved, .rejected, .inReview:
            type = .decided
            writer.decision(of: refundCase, as: kind.outcome, findings: findings, at: now)
        case .settled:
            type = .settled
            writer.decision(
                of: refundCase, as: .approved, isSettlement: true,
                at: refundCase.state.fulfilment?.approvedAt ?? now)
            writer.settlement(of: refundCase, at: now)
        case .delayed:
            type = .delayed
            if let refund = refundCase.state.fulfilment?.refund { writer.money("refund", refund) }
            writer.string("status", refundCase.state.status.rawValue)
            writer.instant("submitted_at", refundCase.request.submittedAt)
            writer.instant("delayed_at", now)
        case .withdrawn, .withdrawalRefused:
            type = kind == .withdrawn ? .withdrawn : .withdrawalRefused
            writer.string("status", refundCase.state.status.rawValue)
            writer.instant("submitted_at", refundCase.request.submittedAt)
        }
        writer.endObject()
        return EncodedMessage(id: id, type: type, body: writer.bytes)
    }

    /// What `evaluate` prints for a decision that no case was opened for: the fields of `notice.decided`.
    ///
    /// - Parameter findings: how each rule came out, where not all of them were looked at.
    public func encodeDecision(of refundCase: RefundCase, findings: [RuleFinding]) -> EncodedMessage {
        let kind: NoticeKind =
            switch refundCase.state.status {
            case .rejected: .rejected
            case .inReview: .inReview
            default: .approved
            }
        return encodeNotice(kind, number: 1, of: refundCase, findings: findings, at: refundCase.openedAt)
    }
}

extension NoticeKind {
    fileprivate var outcome: Outcome {
        switch self {
        case .rejected: .rejected
        case .inReview: .inReview
        case .received, .approved, .settled, .delayed, .withdrawn, .withdrawalRefused: .approved
        }
    }
}

extension JSONWriter {
    /// The members of `notice.decided` from `outcome` on.
    ///
    /// - Parameter isSettlement: the refund that it names is the money that has moved, and no other.
    fileprivate mutating func decision(
        of refundCase: RefundCase, as outcome: Outcome, isSettlement: Bool = false, findings: [RuleFinding]? = nil,
        at decidedAt: Instant
    ) {
        string("outcome", outcome.rawValue)
        reasons(of: refundCase, as: outcome)
        if outcome == .approved, let fulfilment = refundCase.state.fulfilment {
            money("refund", isSettlement ? fulfilment.paid : fulfilment.refund)
            // No amount waits for a reading of the usage as yet.
            if !isSettlement { boolean("refund_is_final", true) }
            // An amount that a person chose has no fraction behind it, even where a later review closed the case.
            if let calculation = refundCase.decision.calculation, calculation.refund == fulfilment.refund {
                self.calculation(calculation)
            }
        }
        rules(findings ?? refundCase.findings)
        if !isSettlement { alternatives(outcome == .rejected ? refundCase.alternativesTold : []) }
        object("policy") { writer in
            writer.string("name", refundCase.policy.name)
            writer.string("version", refundCase.policy.version)
            writer.string("terms", ifPresent: refundCase.policy.termsName)
        }
        instant("submitted_at", refundCase.request.submittedAt)
        instant("decided_at", decidedAt)
        instant("respond_by", refundCase.respondBy)
        instant("refund_by", refundCase.refundBy)
    }

    private mutating func rules(_ findings: [RuleFinding]) {
        name("rules")
        beginArray()
        for finding in findings {
            beginObject()
            string("rule", finding.rule)
            if let holds = finding.holds { boolean("holds", holds) }
            string("detail", finding.detail)
            endObject()
        }
        endArray()
    }

    private mutating func alternatives(_ alternatives: [Alternative]) {
        name("alternatives")
        beginArray()
        for alternative in alternatives {
            beginObject()
            string("kind", alternative.kind.rawValue)
            money("refund", alternative.calculation.refund)
            calculation(alternative.calculation)
            endObject()
        }
        endArray()
    }

    private mutating func parameters(_ parameters: [ReasonParameter]) {
        name("params")
        beginObject()
        for parameter in parameters {
            switch parameter.value {
            case .date(let date): string(parameter.name, date.description)
            case .count(let count): integer(parameter.name, Int64(count))
            case .code(let code): string(parameter.name, code)
            }
        }
        endObject()
    }

    /// Every reason that applies, in the contract's order; none where the request was approved.
    private mutating func reasons(of refundCase: RefundCase, as outcome: Outcome) {
        name("reasons")
        beginArray()
        if outcome != .approved {
            for code in refundCase.reasonsTold {
                beginObject()
                string("code", code.name)
                string("message", refundCase.message(for: code, as: outcome))
                parameters(code.parameters(for: refundCase.request, under: refundCase.policy))
                endObject()
            }
        }
        endArray()
    }

    private mutating func calculation(_ calculation: Calculation) {
        object("calculation") { writer in
            writer.string("basis", calculation.basis.rawValue)
            writer.money("paid", calculation.paid)
            writer.number("numerator", calculation.numerator)
            writer.number("denominator", calculation.denominator)
            writer.string("rounding", calculation.rounding.rawValue)
            writer.string("limited_by", ifPresent: calculation.limitedBy?.rawValue)
        }
    }

    /// When it was settled, by what means, and where the worker sent money the dates between which it shows (contract § 1).
    fileprivate mutating func settlement(of refundCase: RefundCase, at settledAt: Instant) {
        instant("settled_at", settledAt)
        guard let fulfilment = refundCase.state.fulfilment else { return }
        name("paid_by")
        beginArray()
        for payment in fulfilment.paidBy {
            beginObject()
            string("means", payment.means.rawValue)
            money("amount", payment.amount)
            endObject()
        }
        endArray()
        guard let success = fulfilment.payout?.standingKey?.latestSuccess,
            fulfilment.paidBy.contains(where: { $0.means == .payout })
        else { return }
        // The bank's days begin when the money was sent, though the revocation may have finished later; no date lies before
        // the request, whatever the sender's clock says.
        let sentAt = max(min(success.countedAt, settledAt), min(refundCase.request.submittedAt, settledAt))
        let day = refundCase.policy.timeZone.date(of: sentAt)
        let funds = refundCase.policy.funds.expected(settledOn: day, by: refundCase.policy.calendar)
        object("funds_expected") { writer in
            writer.string("earliest", funds.earliest.description)
            writer.string("latest", funds.latest.description)
        }
    }
}

extension Fulfilment {
    /// The sum of what a settlement names.
    fileprivate var paid: Money {
        paidBy.reduce(.zero(refund.currency)) { sum, payment in
            Money(minorUnits: sum.minorUnits + payment.amount.minorUnits, currency: refund.currency) ?? sum
        }
    }
}

extension RefundCase {
    /// Every reason that applies, in the contract's order; an approval that was taken back has no other than that.
    fileprivate var reasonsTold: ReasonSet {
        switch review?.verdict {
        case .void where state.fulfilment != nil: ReasonSet([.rejectedByReview])
        case .reject, .void: decision.reasons.inserting(.rejectedByReview)
        case .approve, .accessWithdrawn, .close, nil: decision.reasons
        }
    }

    /// An approval that was taken back, and what a person has declined, offers nothing: a cancellation might end the
    /// same way.
    fileprivate var alternativesTold: [Alternative] {
        review == nil ? alternatives : []
    }

    /// A person's reason is told in the words that were written for the customer, never in those of the note.
    fileprivate func message(for code: ReasonCode, as outcome: Outcome) -> String {
        guard code == .rejectedByReview else { return code.message(for: request, under: policy, as: outcome) }
        if let text = review?.reasonText { return text }
        return state.fulfilment == nil
            ? code.message(for: request, under: policy, as: outcome)
            : "A person has looked at the request again and taken the approval back. No refund is made."
    }
}
