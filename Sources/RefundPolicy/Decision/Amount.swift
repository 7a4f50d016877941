extension PolicyVersion {
    /// How the amount of a request comes about (contract § 3, "The amount"): a return gets all that was paid, unless
    /// the policy says otherwise; anything else what remains.
    ///
    /// `nil` where nothing says how: a usage out of range or a term that does not end after it starts, where the amount
    /// depends on them, and an amount by what remains with neither.
    ///
    /// - Parameter kind: what the request is judged as.
    func calculation(
        for request: RefundRequest, judgedAs kind: RefundRequest.Kind, submittedOn: CalendarDate
    ) -> Calculation? {
        if let firstReading {
            return firstReading.calculation(for: request, submittedOn: submittedOn, rounding: rounding)
        }
        if kind == .return, returnAmount == .full {
            return Calculation(.full, of: request.invoice.paid, 1, 1, rounding)
        }
        return remains(of: request, submittedOn: submittedOn)
    }

    /// After the end of the term nothing remains. While it runs, what is left of the usage; without a usage the unused
    /// days.
    private func remains(of request: RefundRequest, submittedOn: CalendarDate) -> Calculation? {
        let paid = request.invoice.paid
        if let term = request.term, submittedOn >= term.endsOn {
            return Calculation(.term, of: paid, 0, Int128(max(1, term.days)), rounding)
        }
        if let usage = request.usage { return usage.calculation(of: paid, rounding: rounding) }
        return request.term?.calculation(of: paid, submittedOn: submittedOn, rounding: rounding)
    }
}

extension Calculation {
    /// `nil` for a fraction that is none.
    init?(_ basis: Basis, of paid: Money, _ numerator: Int128, _ denominator: Int128, _ rounding: Rounding) {
        guard let refund = paid.share(numerator, of: denominator, rounding: rounding) else { return nil }
        self.init(
            basis: basis, paid: paid, numerator: numerator, denominator: denominator, rounding: rounding,
            refund: refund)
    }
}

extension Usage {
    /// Paid × remaining / included; `nil` where the usage is out of range.
    func calculation(of paid: Money, rounding: Rounding) -> Calculation? {
        guard isInRange else { return nil }
        let (remaining, included) = Quantity.inOneUnit(remaining, included)
        return Calculation(.usage, of: paid, remaining, included, rounding)
    }
}

extension Term {
    /// Paid × unused days / days of the term; `nil` where the term does not end after it starts.
    func calculation(of paid: Money, submittedOn: CalendarDate, rounding: Rounding) -> Calculation? {
        guard isInOrder else { return nil }
        return Calculation(
            .term, of: paid, Int128(unusedDays(submittedOn: submittedOn)), Int128(days), rounding)
    }

    /// The days that were paid for; the end is exclusive.
    var days: Int { startsOn.days(until: endsOn) }

    /// The days that are left after the day of submission, which counts as used; all of them before the start.
    func unusedDays(submittedOn: CalendarDate) -> Int {
        min(max(0, submittedOn.days(until: endsOn) - 1), days)
    }
}
