// The policy's rules, one function each: `nil` where the rule holds, or the code that says how it does not
// (contract § 1 and § 3, "Codes"). They allocate nothing, and look at nothing but their arguments.

extension PolicyVersion {
    /// A request names its order.
    func orderNumberRule(_ request: RefundRequest) -> ReasonCode? {
        isAbsentOrBlank(request.orderNumber) ? .missingOrderNumber : nil
    }

    /// A request carries a copy of the invoice's payment.
    func proofOfPaymentRule(_ request: RefundRequest) -> ReasonCode? {
        isAbsentOrBlank(request.invoice.proofOfPayment) ? .missingProofOfPayment : nil
    }

    /// The policy does not exclude the service.
    func serviceRule(_ request: RefundRequest) -> ReasonCode? {
        exclusion(of: request.service.id) == nil ? nil : .serviceNotReturnable
    }

    /// The first pattern that excludes a service.
    func exclusion(of serviceID: String) -> ServicePattern? {
        nonReturnable.first { $0.matches(serviceID) }
    }

    /// A return is asked for within the window; the day of issue is day 0. A cancellation has none.
    func returnWindowRule(_ request: RefundRequest, submittedOn: CalendarDate) -> ReasonCode? {
        guard request.kind == .return else { return nil }
        return request.invoice.issuedOn.days(until: submittedOn) > returnWindowDays ? .returnWindowClosed : nil
    }

    /// A cancellation has something to prorate by.
    func proratableRule(_ request: RefundRequest) -> ReasonCode? {
        request.kind == .cancellation && request.usage == nil && request.term == nil ? .nothingToProrate : nil
    }

    /// No other case of the same line is open or settled.
    func oneRefundRule(_ line: InvoiceLine.Standing) -> ReasonCode? {
        switch line.holder {
        case .free, .ended: nil
        case .requested: .alreadyRequested
        case .refunded: .alreadyRefunded
        }
    }

    /// The customer has not asked the bank for the money.
    func disputeRule(_ request: RefundRequest) -> ReasonCode? {
        switch request.dispute {
        case .none: nil
        case .lost: .disputeLost
        case .open: .disputeOpen
        }
    }

    /// No request comes before its invoice, and a term ends after it starts, whether or not the amount depends on it.
    func datesRule(_ request: RefundRequest, submittedOn: CalendarDate) -> ReasonCode? {
        if submittedOn < request.invoice.issuedOn { return .datesConflict }
        if let term = request.term, !term.isInOrder { return .datesConflict }
        return nil
    }

    /// What is left of a quota is a part of it.
    func usageRule(_ request: RefundRequest) -> ReasonCode? {
        request.usage.map(\.isInRange) == false ? .usageOutOfRange : nil
    }

    /// The refund needs no second pair of eyes.
    func amountRule(_ calculation: Calculation?) -> ReasonCode? {
        guard let refund = calculation?.refund, let limit = reviewLimit(for: refund.currency) else { return nil }
        return refund.minorUnits > limit.minorUnits ? .amountOverLimit : nil
    }

    /// The amount over which refunds in that currency wait for a person, if there is one.
    func reviewLimit(for currency: Currency) -> Money? {
        reviewAbove.first { $0.currency == currency }
    }

    private func isAbsentOrBlank(_ text: String?) -> Bool {
        guard let text else { return true }
        return isBlank(text)
    }
}

extension Usage {
    /// Whether the quota can be prorated by: at least one was included, and none to all of it is left.
    var isInRange: Bool { included >= 1 && remaining >= 0 && remaining <= included }
}

extension Term {
    /// Whether it ends after it starts, and so has a day at least.
    var isInOrder: Bool { startsOn < endsOn }
}
