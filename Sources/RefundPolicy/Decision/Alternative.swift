/// What else a customer could ask for (contract § 3, `alternatives`).
public struct Alternative: Hashable, Sendable {
    public let kind: RefundRequest.Kind
    /// How what it would pay comes about.
    public let calculation: Calculation

    public init(kind: RefundRequest.Kind, calculation: Calculation) {
        self.kind = kind
        self.calculation = calculation
    }
}

extension PolicyVersion {
    /// What a customer could ask for in place of a return that is rejected: a cancellation, where it would pay something.
    /// It is judged by the very code that would judge it, under the terms that hold for it.
    ///
    /// A missing paper stands in nobody's way, since it can be sent with the next request; for the same reason a return
    /// that is rejected for nothing else is offered nothing, for sent again it gets more. The limit over which a person
    /// looks says nothing of what a cancellation pays, and takes no offer away; any other doubt does.
    ///
    /// Call it on the version with all its terms (`applied(to:)` is done here, for either kind).
    public func alternatives(
        to request: RefundRequest, line: InvoiceLine.Standing, at decidedAt: Instant
    ) -> [Alternative] {
        guard firstReading == nil, request.kind == .return else { return [] }
        let version = applied(to: request)
        let decision = version.decide(request, line: line, at: decidedAt)
        let isLate = decision.reasons.contains(.returnWindowClosed)
        guard decision.reasons.contains(where: { $0.outcome == .rejected && !$0.isMissingPaper }),
            !isLate || version.lateReturn == .offer
        else { return [] }
        var other = request
        other.kind = .cancellation
        let offer = applied(to: other).decide(other, line: line, at: decidedAt)
        let isFree = offer.reasons.allSatisfy { $0.isMissingPaper || $0 == .amountOverLimit }
        guard isFree, let calculation = offer.calculation, !calculation.refund.isZero else { return [] }
        return [Alternative(kind: .cancellation, calculation: calculation)]
    }
}

extension ReasonCode {
    /// Whether the next request can simply bring it along.
    fileprivate var isMissingPaper: Bool { self == .missingOrderNumber || self == .missingProofOfPayment }
}
