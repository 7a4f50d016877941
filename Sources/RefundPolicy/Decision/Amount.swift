extension PolicyVersion {
    /// How the amount of a request comes about (contract § 3, "The amount"): by usage where it is given, else by the
    /// term, else, for a return, all that was paid.
    ///
    /// `nil` where nothing says how: a usage out of range or a term that does not end after it starts, where the amount
    /// depends on them, and a cancellation with neither.
    func calculation(for request: RefundRequest, submittedOn: CalendarDate) -> Calculation? {
        if let usage = request.usage {
            guard usage.isInRange else { return nil }
            return calculation(.usage, of: request, usage.remaining, usage.included)
        }
        if let term = request.term {
            guard term.isInOrder else { return nil }
            return calculation(
                .term, of: request, Int64(term.unusedDays(submittedOn: submittedOn)), Int64(term.days))
        }
        return request.kind == .return ? calculation(.full, of: request, 1, 1) : nil
    }

    private func calculation(
        _ basis: Calculation.Basis, of request: RefundRequest, _ numerator: Int64, _ denominator: Int64
    ) -> Calculation? {
        let paid = request.invoice.paid
        return paid.prorated(numerator: numerator, denominator: denominator, rounding: rounding).map { refund in
            Calculation(
                basis: basis, paid: paid, numerator: numerator, denominator: denominator, rounding: rounding,
                refund: refund)
        }
    }
}

extension Term {
    /// The days that were paid for; the end is exclusive.
    var days: Int { startsOn.days(until: endsOn) }

    /// The days that are left after the day of submission, which counts as used; all of them before the start.
    func unusedDays(submittedOn: CalendarDate) -> Int {
        min(max(0, submittedOn.days(until: endsOn) - 1), days)
    }
}
