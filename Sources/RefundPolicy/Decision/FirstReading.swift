/// How version 1 of the contract read the policy. Cases that were opened under it keep their terms for good, so it is
/// kept for what a store holds of them; no policy file is read so.
public struct FirstReading: Hashable, Sendable {
    /// Services that got no refund of either kind; compared in all their spellings, as they were then.
    public var nonReturnable: [ServicePattern]

    public init(nonReturnable: [ServicePattern]) {
        self.nonReturnable = nonReturnable
    }

    /// The first pattern that excludes a service.
    func exclusion(of serviceID: String) -> ServicePattern? {
        nonReturnable.first { $0.matches(serviceID) }
    }

    /// By usage where it is given, else by the term, else, for a return, all that was paid.
    func calculation(for request: RefundRequest, submittedOn: CalendarDate, rounding: Rounding) -> Calculation? {
        let paid = request.invoice.paid
        if let usage = request.usage { return usage.calculation(of: paid, rounding: rounding) }
        if let term = request.term { return term.calculation(of: paid, submittedOn: submittedOn, rounding: rounding) }
        return request.kind == .return ? Calculation(.full, of: paid, 1, 1, rounding) : nil
    }
}
