extension ReasonCode {
    /// What a customer is told about the reason, in a sentence or two (contract § 3, `notice.decided`).
    ///
    /// It quotes dates and numbers only (`parameters` has them), nothing of the customer, the payment method, or other
    /// texts of the request. What a reviewer wrote for the customer replaces the message of `rejectedByReview`. A
    /// rejection promises no person.
    ///
    /// - Parameters:
    ///   - request: the request that was decided.
    ///   - policy: the version that it was decided by.
    ///   - outcome: what is told; only where it is `inReview` will a person look.
    public func message(
        for request: RefundRequest, under policy: PolicyVersion, as outcome: Outcome
    ) -> String {
        let fact = fact(about: request, under: policy)
        return self.outcome == .inReview && outcome == .inReview ? "\(fact) A person will look at the request." : fact
    }

    private func fact(about request: RefundRequest, under policy: PolicyVersion) -> String {
        switch self {
        case .missingOrderNumber:
            "The request does not name the order. Please send it again with the order number."
        case .missingProofOfPayment:
            "The request carries no copy of the invoice's payment. Please send it again with one."
        case .serviceNotReturnable:
            policy.firstReading == nil
                ? "This service is one of those that cannot be returned."
                : "This service is one of those that cannot be returned or refunded."
        case .serviceNotCancellable:
            lateReturnMessage(request, policy) + "This service is one of those that cannot be cancelled for a refund."
        case .returnWindowClosed:
            returnWindowMessage(request, policy)
        case .nothingToProrate:
            lateReturnMessage(request, policy)
                + "A \(policy.kindJudged(request).rawValue) refunds what is left of the service, and the request says "
                + "neither how much of it was used nor for which days it was paid."
        case .alreadyRequested:
            "Another refund request for the same invoice and service is still being worked on."
        case .alreadyRefunded:
            "This invoice's payment for the service has been refunded already."
        case .nothingLeft:
            "All that was paid by this invoice has been refunded already."
        case .disputeLost:
            "The payment went back to you through your bank, so there is nothing left to refund."
        case .disputeOpen:
            "Your bank is looking into a dispute about this payment."
        case .datesConflict:
            datesMessage(request, policy)
        case .usageOutOfRange:
            "The usage in the request cannot be right: what is left must be between nothing and all that was included."
        case .paidConflict, .similarLine, .anotherService, .alreadyEnded, .proofReused:
            lineMessage
        case .currencyWithdrawn:
            currencyMessage(request.invoice.paid.currency)
        case .rejectedByReview:
            "A person has looked at the request and declined it."
        case .amountOverLimit:
            "The amount is over what is refunded without a check."
        }
    }

    /// What only a look at other requests can settle.
    private var lineMessage: String {
        switch self {
        case .paidConflict: "Another request about this invoice says that other amounts were paid."
        case .similarLine: "Another request is about nearly the same invoice, service and subscription."
        case .anotherService:
            "Another service of the same invoice was asked for, and what the invoice came to is not known."
        case .alreadyEnded: "This service was cancelled before, with nothing left to refund."
        default: "The same proof of payment was sent for another invoice."
        }
    }

    private func returnWindowMessage(_ request: RefundRequest, _ policy: PolicyVersion) -> String {
        let submittedOn = policy.timeZone.date(of: request.submittedAt)
        let window = policy.returnWindow(for: request)
        let start = window.firstDay
        let paper = start == request.invoice.issuedOn ? "invoice" : "contract"
        let days = counted(window.days, policy.returnWindowCounts == .business ? "business day" : "day")
        return
            "A return can be asked for within \(days) of the \(paper)'s date. The \(paper) is of \(start), so the last "
            + "day was \(window.lastDay); the request is of \(submittedOn)."
    }

    /// Where the reason comes of that: that a return came too late, and so was judged as a cancellation.
    private func lateReturnMessage(_ request: RefundRequest, _ policy: PolicyVersion) -> String {
        guard policy.kindJudged(request) != request.kind else { return "" }
        return "A return could be asked for until \(policy.returnWindow(for: request).lastDay); the request is of "
            + "\(policy.timeZone.date(of: request.submittedAt)), so it was judged as a cancellation. "
    }

    private func datesMessage(_ request: RefundRequest, _ policy: PolicyVersion) -> String {
        let judgement = Judgement(of: request, under: policy, at: nil)
        var conflicts: [String] = []
        if policy.isBeforeInvoice(request, judgement) {
            conflicts.append(
                "the request is of \(judgement.submittedOn), and the invoice of \(request.invoice.issuedOn)")
        }
        if let term = request.term, !term.isInOrder {
            conflicts.append(
                "the term that was paid for, from \(term.startsOn) to \(term.endsOn), does not end after it starts")
        }
        return "The dates in the request do not fit together: \(conflicts.joined(separator: "; "))."
    }

    private func currencyMessage(_ currency: Currency) -> String {
        let lastDay = currency.lastDay.map { " after \($0)" } ?? ""
        return "The invoice was paid in \(currency.code), which was withdrawn\(lastDay)."
    }
}
