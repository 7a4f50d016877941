extension PolicyVersion {
    /// Judges a request by this version of the policy: every code that applies, and the amount (contract § 1 and § 3).
    ///
    /// Depends on nothing but its arguments, and allocates no memory (a time zone other than UTC may, in its look-up).
    ///
    /// - Parameters:
    ///   - request: the request as it was sent; judged on its `submittedAt`, whenever a worker gets round to it.
    ///   - line: what other cases have done with the request's line.
    ///   - decidedAt: when it is decided, which only tells whether the currency still exists; the day of the submission
    ///     where nothing is said.
    public func decide(
        _ request: RefundRequest, line: InvoiceLine.Standing, at decidedAt: Instant? = nil
    ) -> Decision {
        let judgement = Judgement(of: request, under: self, left: line.left, at: decidedAt)
        var reasons = ReasonSet()
        reasons.insert(orderNumberRule(request))
        reasons.insert(proofOfPaymentRule(request))
        reasons.insert(serviceRule(request, judgement))
        reasons.insert(returnWindowRule(request, judgement))
        reasons.insert(proratableRule(request, judgement))
        reasons.insert(oneRefundRule(line))
        reasons.insert(leftRule(judgement, line))
        reasons.insert(disputeRule(request))
        reasons.insert(datesRule(request, judgement))
        reasons.insert(usageRule(request))
        for doubt in line.doubts { reasons.insert(doubt.code) }
        reasons.insert(endedRule(line))
        reasons.insert(currencyRule(judgement))
        reasons.insert(amountRule(judgement))
        return Decision(reasons: reasons, calculation: judgement.calculation)
    }
}

/// What several rules look at of one request.
struct Judgement {
    /// The day of submission in the policy's zone.
    let submittedOn: CalendarDate
    /// The day of submission by the sender's own clock.
    let submittedOnBySender: CalendarDate
    /// What the request is judged as: a return that comes too late may count as a cancellation.
    let kind: RefundRequest.Kind
    /// How the amount comes about if nothing bounds it.
    let whole: Calculation?
    /// The same, bounded by what is left of the invoice's total.
    let calculation: Calculation?
    /// The day on which it is decided, in the policy's zone.
    let decidedOn: CalendarDate

    init(of request: RefundRequest, under policy: PolicyVersion, left: Money? = nil, at decidedAt: Instant?) {
        let submittedOn = policy.timeZone.date(of: request.submittedAt)
        self.submittedOn = submittedOn
        submittedOnBySender = request.submittedAt.date(offsetSeconds: request.senderOffset.seconds)
        decidedOn = decidedAt.map { max(submittedOn, policy.timeZone.date(of: $0)) } ?? submittedOn
        let kind = policy.kind(judging: request, submittedOn: submittedOn)
        self.kind = kind
        let whole = policy.calculation(for: request, judgedAs: kind, submittedOn: submittedOn)
        self.whole = whole
        calculation = whole?.limited(to: left)
    }
}

extension ReasonSet {
    fileprivate mutating func insert(_ code: ReasonCode?) {
        if let code { insert(code) }
    }
}
