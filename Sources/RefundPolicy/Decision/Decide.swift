extension PolicyVersion {
    /// Judges a request by this version of the policy: every code that applies, and the amount (contract § 1 and § 3).
    ///
    /// Depends on nothing but its arguments, and allocates no memory (a time zone other than UTC may, in its look-up).
    ///
    /// - Parameters:
    ///   - request: the request as it was sent; judged on its `submittedAt`, whenever a worker gets round to it.
    ///   - line: what other cases have done with the request's line.
    public func decide(_ request: RefundRequest, line: InvoiceLine.Standing) -> Decision {
        let submittedOn = timeZone.date(of: request.submittedAt)
        let whole = calculation(for: request, submittedOn: submittedOn)
        let calculation = whole?.limited(to: line.left)
        var reasons = ReasonSet()
        reasons.insert(orderNumberRule(request))
        reasons.insert(proofOfPaymentRule(request))
        reasons.insert(serviceRule(request))
        reasons.insert(returnWindowRule(request, submittedOn: submittedOn))
        reasons.insert(proratableRule(request))
        reasons.insert(oneRefundRule(line))
        reasons.insert(leftRule(whole, line))
        reasons.insert(disputeRule(request))
        reasons.insert(datesRule(request, submittedOn: submittedOn))
        reasons.insert(usageRule(request))
        for doubt in line.doubts { reasons.insert(doubt.code) }
        reasons.insert(endedRule(line))
        reasons.insert(amountRule(calculation))
        return Decision(reasons: reasons, calculation: calculation)
    }
}

extension ReasonSet {
    fileprivate mutating func insert(_ code: ReasonCode?) {
        if let code { insert(code) }
    }
}
