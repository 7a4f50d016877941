extension PolicyVersion {
    /// How each rule came out for a request, in the order of the contract's codes, for the `rules` of
    /// `notice.decided` (contract § 3).
    ///
    /// A rule holds exactly where `decide` gives none of its codes. The details quote numbers, dates and the policy's
    /// own words, and nothing of the customer, the payment method, or other texts of the request.
    ///
    /// - Parameters:
    ///   - line: what other cases have done with the line.
    ///   - hasLooked: whether anybody has looked at other cases; otherwise `line` is what the request says by itself. A rule
    ///     that is broken by that alone is told as broken all the same.
    public func findings(
        for request: RefundRequest, line: InvoiceLine.Standing, hasLooked: Bool = true, at decidedAt: Instant? = nil
    ) -> [RuleFinding] {
        let judgement = Judgement(of: request, under: self, left: line.left, at: decidedAt)
        func finding(_ rule: String, _ code: ReasonCode?, _ detail: String) -> RuleFinding {
            RuleFinding(rule: rule, holds: code == nil, detail: detail)
        }
        func ofOthers(_ finding: RuleFinding) -> RuleFinding {
            hasLooked || finding.holds == false ? finding : .notLookedAt(finding.rule)
        }
        let order = orderNumberRule(request)
        let proof = proofOfPaymentRule(request)
        return [
            finding("order_number", order, order == nil ? "the order number is given" : "no order number is given"),
            finding(
                "proof_of_payment", proof,
                self.proof == .optional
                    ? "no proof of payment is asked for"
                    : proof == nil ? "a proof of payment is given" : "no proof of payment is given"),
            finding(
                judgement.kind == .return || firstReading != nil ? "service_returnable" : "service_cancellable",
                serviceRule(request, judgement), serviceDetail(request, judgement)),
            finding("return_window", returnWindowRule(request, judgement), windowDetail(request, judgement)),
            finding("proratable", proratableRule(request, judgement), prorationDetail(request, judgement)),
            ofOthers(finding("one_refund", oneRefundRule(line), line.detail)),
            ofOthers(finding("left_to_refund", leftRule(judgement, line), line.leftDetail)),
            finding("no_dispute", disputeRule(request), request.dispute.detail),
            finding("dates_consistent", datesRule(request, judgement), datesDetail(request, judgement)),
            finding("usage_in_range", usageRule(request), usageDetail(request)),
            ofOthers(otherRequestsFinding(line)),
            finding(
                "currency_exists", currencyRule(judgement), currencyDetail(request.invoice.paid.currency, judgement)),
            finding("amount_limit", amountRule(judgement), limitDetail(judgement)),
        ]
    }

    private func serviceDetail(_ request: RefundRequest, _ judgement: Judgement) -> String {
        if let firstReading {
            guard let pattern = firstReading.exclusion(of: request.service.id) else {
                return "the policy does not exclude the service"
            }
            return "the policy excludes \(pattern.text)"
        }
        let isFree = serviceRule(request, judgement) == nil
        let terms = termsName.map { " (terms \($0))" } ?? ""
        return joined(
            "the service can", isFree ? "" : "not", " be ", judgement.kind == .return ? "returned" : "cancelled", terms)
    }

    private func windowDetail(_ request: RefundRequest, _ judgement: Judgement) -> String {
        guard request.kind == .return else { return "a cancellation has no window" }
        let window = returnWindow(for: request)
        let isOfContract = window.firstDay != request.invoice.issuedOn
        let day = window.firstDay.days(until: judgement.submittedOn)
        if day < 0 { return "\(counted(-day, "day")) before the \(isOfContract ? "contract" : "invoice was issued")" }
        let isLate = isTooLate(request, submittedOn: judgement.submittedOn)
        return "day \(day) of \(window.isPlain ? "\(window.days)" : "those until \(window.lastDay)")"
            + (isOfContract ? " from the contract" : "") + ", \(isLate ? "too late" : "in time")"
            + (judgement.kind == .return ? "" : ", so judged as a cancellation")
    }

    private func prorationDetail(_ request: RefundRequest, _ judgement: Judgement) -> String {
        guard isByWhatRemains(judgement.kind) || firstReading != nil else { return "a return gets all that was paid" }
        if firstReading == nil, let term = request.term, judgement.submittedOn >= term.endsOn {
            return "nothing remains after the end of the term on \(term.endsOn)"
        }
        if request.usage != nil { return "prorated by usage" }
        if request.term != nil { return "prorated by term" }
        return isByWhatRemains(judgement.kind)
            ? "neither usage nor a term is given" : "a return with nothing to prorate by gets all that was paid"
    }

    private func datesDetail(_ request: RefundRequest, _ judgement: Judgement) -> String {
        let issuedOn = request.invoice.issuedOn
        let submittedOn = judgement.submittedOn
        var conflicts: [String] = []
        if isBeforeInvoice(request, judgement) {
            conflicts.append("submitted on \(submittedOn), before the invoice of \(issuedOn)")
        }
        if let term = request.term, !term.isInOrder {
            conflicts.append("the term from \(term.startsOn) to \(term.endsOn) does not end after it starts")
        }
        guard conflicts.isEmpty else { return conflicts.joined(separator: "; ") }
        return joined(
            "submitted on ", max(submittedOn, min(issuedOn, judgement.submittedOnBySender)).description,
            ", not before the invoice of ", issuedOn.description,
            request.term == nil ? "" : "; the term ends after it starts")
    }

    private func usageDetail(_ request: RefundRequest) -> String {
        guard let usage = request.usage else { return "no usage is given" }
        if usage.included <= .zero { return "\(usage.included) included, which is nothing" }
        if usage.remaining < .zero { return "\(usage.remaining) left, which is less than none" }
        return joined(
            usage.remaining.description, " left of ", usage.included.description,
            usage.isInRange ? "" : ", which is more than was included")
    }

    private func currencyDetail(_ currency: Currency, _ judgement: Judgement) -> String {
        guard let lastDay = currency.lastDay else { return joined(currency.code, " is in use") }
        return joined(
            currency.code, judgement.decidedOn > lastDay ? " was withdrawn after " : " is in use until ",
            lastDay.description)
    }

    private func limitDetail(_ judgement: Judgement) -> String {
        guard let refund = judgement.calculation?.refund else { return "there is no amount to compare" }
        guard let limit = reviewLimit(for: refund.currency) else {
            return joined(
                refund.currency.code, " has no review limit",
                amountRule(judgement) == nil ? "" : ", and other currencies have one")
        }
        return amountRule(judgement) == nil
            ? joined(refund.description, " is within the review limit of ", limit.description)
            : joined(refund.description, " is over the review limit of ", limit.description)
    }
}

extension RuleFinding {
    /// Other requests are known to a store alone.
    fileprivate static func notLookedAt(_ rule: String) -> RuleFinding {
        RuleFinding(rule: rule, holds: nil, detail: "not looked at: other requests are known to a store only")
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
        case .won: "a dispute at the bank was decided for the shop"
        case .lost: "the money went back through the bank"
        }
    }
}

/// Such as `1 day` or `7 days`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
