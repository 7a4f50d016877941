// The policy's rules, one function each: `nil` where the rule holds, or the code that says how it does not
// (contract § 1 and § 3, "Codes"). They allocate nothing, and look at nothing but their arguments.

extension PolicyVersion {
    /// A request names its order.
    func orderNumberRule(_ request: RefundRequest) -> ReasonCode? {
        isAbsentOrBlank(request.orderNumber) ? .missingOrderNumber : nil
    }

    /// A request carries a copy of the invoice's payment, unless the policy asks for none.
    func proofOfPaymentRule(_ request: RefundRequest) -> ReasonCode? {
        proof == .required && isAbsentOrBlank(request.invoice.proofOfPayment) ? .missingProofOfPayment : nil
    }

    /// The service can be sent back, or cancelled: each is a rule of its own.
    func serviceRule(_ request: RefundRequest, _ judgement: Judgement) -> ReasonCode? {
        if let firstReading {
            return firstReading.exclusion(of: request.service.id) == nil ? nil : .serviceNotReturnable
        }
        switch judgement.kind {
        case .return: return isReturnable ? nil : .serviceNotReturnable
        case .cancellation: return isCancellable ? nil : .serviceNotCancellable
        }
    }

    /// A return is asked for within the window. A cancellation has none.
    func returnWindowRule(_ request: RefundRequest, _ judgement: Judgement) -> ReasonCode? {
        guard judgement.kind == .return else { return nil }
        return isTooLate(request, submittedOn: judgement.submittedOn) ? .returnWindowClosed : nil
    }

    /// An amount by what remains has something to go by.
    func proratableRule(_ request: RefundRequest, _ judgement: Judgement) -> ReasonCode? {
        isByWhatRemains(judgement.kind) && request.usage == nil && request.term == nil ? .nothingToProrate : nil
    }

    /// Whether the amount is what remains, and not all that was paid.
    func isByWhatRemains(_ kind: RefundRequest.Kind) -> Bool {
        kind == .cancellation || (firstReading == nil && returnAmount == .remaining)
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
        case .none, .won: nil
        case .lost: .disputeLost
        case .open: .disputeOpen
        }
    }

    /// No request comes before its invoice, and a term ends after it starts, whether or not the amount depends on it.
    func datesRule(_ request: RefundRequest, _ judgement: Judgement) -> ReasonCode? {
        if isBeforeInvoice(request, judgement) { return .datesConflict }
        if let term = request.term, !term.isInOrder { return .datesConflict }
        return nil
    }

    /// Whether the request is of a day before the invoice's, in the policy's zone and where the sender is: around
    /// midnight the shop's day and the customer's are two.
    func isBeforeInvoice(_ request: RefundRequest, _ judgement: Judgement) -> Bool {
        let issuedOn = request.invoice.issuedOn
        guard judgement.submittedOn < issuedOn else { return false }
        return firstReading != nil || judgement.submittedOnBySender < issuedOn
    }

    /// What is left of a quota is a part of it.
    func usageRule(_ request: RefundRequest) -> ReasonCode? {
        request.usage.map(\.isInRange) == false ? .usageOutOfRange : nil
    }

    /// What would be paid is of a currency that there still is.
    func currencyRule(_ judgement: Judgement) -> ReasonCode? {
        guard firstReading == nil, let refund = judgement.calculation?.refund, !refund.isZero else { return nil }
        return refund.currency.exists(on: judgement.decidedOn) ? nil : .currencyWithdrawn
    }

    /// The refund needs no second pair of eyes. A limit that does not name the currency is no leave to pay any sum in
    /// it.
    func amountRule(_ judgement: Judgement) -> ReasonCode? {
        guard let refund = judgement.calculation?.refund, !refund.isZero, reviewAbove != nil else {
            return nil
        }
        guard let limit = reviewLimit(for: refund.currency) else {
            return firstReading == nil ? .amountOverLimit : nil
        }
        return refund.minorUnits > limit.minorUnits ? .amountOverLimit : nil
    }

    /// The amount over which refunds in that currency wait for a person, if there is one.
    func reviewLimit(for currency: Currency) -> Money? {
        reviewAbove?.first { $0.currency == currency }
    }

    private func isAbsentOrBlank(_ text: String?) -> Bool {
        guard let text else { return true }
        return firstReading == nil ? Spelling.isBlank(text) : isWhiteSpace(text)
    }
}

extension Usage {
    /// Whether the quota can be prorated by: something was included, and none to all of it is left.
    var isInRange: Bool { included > .zero && remaining >= .zero && remaining <= included }
}

extension Term {
    /// Whether it ends after it starts, and so has a day at least.
    var isInOrder: Bool { startsOn < endsOn }
}
