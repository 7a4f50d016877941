extension PolicyVersion {
    /// How each rule came out for a request, in the order of the contract's codes, for the `rules` of
    /// `notice.decided` (contract § 3).
    ///
    /// A rule holds exactly where `decide` gives none of its codes. The details quote numbers, dates and the policy's
    /// own patterns, and nothing of the customer, the payment method, or other texts of the request.
    public func findings(for request: RefundRequest, line: InvoiceLine.Standing) -> [RuleFinding] {
        let submittedOn = timeZone.date(of: request.submittedAt)
        let whole = calculation(for: request, submittedOn: submittedOn)
        let calculation = whole?.limited(to: line.left)
        func finding(_ rule: String, _ code: ReasonCode?, _ detail: String) -> RuleFinding {
            RuleFinding(rule: rule, holds: code == nil, detail: detail)
        }
        let order = orderNumberRule(request)
        let proof = proofOfPaymentRule(request)
        return [
            finding("order_number", order, order == nil ? "the order number is given" : "no order number is given"),
            finding(
                "proof_of_payment", proof,
                proof == nil ? "a proof of payment is given" : "no proof of payment is given"),
            finding("service_returnable", serviceRule(request), serviceDetail(request)),
            finding(
                "return_window", returnWindowRule(request, submittedOn: submittedOn),
                windowDetail(request, submittedOn: submittedOn)),
            finding("proratable", proratableRule(request), prorationDetail(request)),
            finding("one_refund", oneRefundRule(line), line.detail),
            finding("left_to_refund", leftRule(whole, line), line.leftDetail),
            finding("no_dispute", disputeRule(request), request.dispute.detail),
            finding(
                "dates_consistent", datesRule(request, submittedOn: submittedOn),
                datesDetail(request, submittedOn: submittedOn)),
            finding("usage_in_range", usageRule(request), usageDetail(request)),
            otherRequestsFinding(line),
            finding("amount_limit", amountRule(calculation), limitDetail(calculation)),
        ]
    }

    private func serviceDetail(_ request: RefundRequest) -> String {
        guard let pattern = exclusion(of: request.service.id) else { return "the policy does not exclude the service" }
        return "the policy excludes \(pattern.text)"
    }

    private func windowDetail(_ request: RefundRequest, submittedOn: CalendarDate) -> String {
        guard request.kind == .return else { return "a cancellation has no window" }
        let day = request.invoice.issuedOn.days(until: submittedOn)
        if day < 0 { return "\(counted(-day, "day")) before the invoice was issued" }
        return "day \(day) of \(returnWindowDays), \(day > returnWindowDays ? "too late" : "in time")"
    }

    private func prorationDetail(_ request: RefundRequest) -> String {
        if request.usage != nil { return "prorated by usage" }
        if request.term != nil { return "prorated by term" }
        return request.kind == .return
            ? "a return with nothing to prorate by gets all that was paid" : "neither usage nor a term is given"
    }

    private func datesDetail(_ request: RefundRequest, submittedOn: CalendarDate) -> String {
        let issuedOn = request.invoice.issuedOn
        var conflicts: [String] = []
        if submittedOn < issuedOn {
            conflicts.append("submitted on \(submittedOn), before the invoice of \(issuedOn)")
        }
        if let term = request.term, !term.isInOrder {
            conflicts.append("the term from \(term.startsOn) to \(term.endsOn) does not end after it starts")
        }
        guard conflicts.isEmpty else { return conflicts.joined(separator: "; ") }
        return joined(
            "submitted on ", submittedOn.description, ", not before the invoice of ", issuedOn.description,
            request.term == nil ? "" : "; the term ends after it starts")
    }

    private func usageDetail(_ request: RefundRequest) -> String {
        guard let usage = request.usage else { return "no usage is given" }
        if usage.included < 1 { return "\(usage.included) included, which is less than 1" }
        if usage.remaining < 0 { return "\(usage.remaining) left, which is less than none" }
        return joined(
            String(usage.remaining), " left of ", String(usage.included),
            usage.isInRange ? "" : ", which is more than was included")
    }

    private func limitDetail(_ calculation: Calculation?) -> String {
        guard let refund = calculation?.refund else { return "there is no amount to compare" }
        guard let limit = reviewLimit(for: refund.currency) else {
            return joined(refund.currency.code, " has no review limit")
        }
        return amountRule(calculation) == nil
            ? joined(refund.description, " is within the review limit of ", limit.description)
            : joined(refund.description, " is over the review limit of ", limit.description)
    }
}

extension InvoiceLine.Standing {
    fileprivate var detail: String {
        switch holder {
        case .ended: "no other request for this invoice, service and subscription is open or has paid"
        case .free: "no other request for this invoice, service and subscription is open or settled"
        case .requested: "another request for this invoice, service and subscription is open"
        case .refunded: "this invoice, service and subscription was refunded before"
        }
    }
}

extension Dispute {
    fileprivate var detail: String {
        switch self {
        case .none: "there is no dispute at the bank"
        case .open: "a dispute at the bank is open"
        case .lost: "the money went back through the bank"
        }
    }
}

/// Such as `1 day` or `7 days`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
