// What other requests about a line and its invoice mean for one (contract § 3, "Codes" and "The line").

extension PolicyVersion {
    /// Of the invoice's total something is left.
    func leftRule(_ judgement: Judgement, _ line: InvoiceLine.Standing) -> ReasonCode? {
        guard let left = line.left, left.isZero, let refund = judgement.whole?.refund, !refund.isZero else {
            return nil
        }
        return .nothingLeft
    }

    /// The service was not ended before.
    func endedRule(_ line: InvoiceLine.Standing) -> ReasonCode? {
        line.holder == .ended ? .alreadyEnded : nil
    }

    /// How those rules came out that other requests about the invoice decide: one finding for all of them.
    func otherRequestsFinding(_ line: InvoiceLine.Standing) -> RuleFinding {
        guard line.holder == .ended || !line.doubts.isEmpty else {
            return RuleFinding(
                rule: "other_requests", holds: true, detail: "no other request about the invoice raises a doubt")
        }
        var details = InvoiceLine.Standing.Doubt.allCases.filter(line.doubts.contains).map(\.detail)
        if line.holder == .ended { details.append("the service was cancelled before with nothing left to pay") }
        return RuleFinding(rule: "other_requests", holds: false, detail: details.joined(separator: "; "))
    }
}

extension InvoiceLine.Standing.Doubt {
    var code: ReasonCode {
        switch self {
        case .paidConflict: .paidConflict
        case .similarLine: .similarLine
        case .anotherService: .anotherService
        case .proofReused: .proofReused
        }
    }

    fileprivate var detail: String {
        switch self {
        case .paidConflict: "another request names another amount paid, or another total of the invoice"
        case .similarLine: "another request's line differs in its spelling, or in that one names no subscription"
        case .anotherService: "another service of the invoice was requested, and no total says how much there is"
        case .proofReused: "the same proof of payment stands for another invoice"
        }
    }
}

extension InvoiceLine.Standing {
    var leftDetail: String {
        guard let left else { return "no total of the invoice bounds the refund" }
        return joined(left.description, " of the invoice's total is left")
    }
}

extension Calculation {
    /// The same, but not over what is left.
    func limited(to left: Money?) -> Calculation {
        guard let left, left.currency == refund.currency, left.minorUnits < refund.minorUnits else { return self }
        return Calculation(
            basis: basis, paid: paid, numerator: numerator, denominator: denominator, rounding: rounding, refund: left,
            limitedBy: .invoiceTotal)
    }
}
