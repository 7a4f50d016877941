extension Money {
    /// A share of the amount: this × numerator / denominator, computed exactly in 128 bits and rounded once
    /// (contract § 3, "The amount").
    ///
    /// Never under zero and never over the amount: a numerator past the denominator gives the whole amount.
    ///
    /// - Returns: `nil` for a share that is none: a numerator below 0 or a denominator below 1.
    public func prorated(numerator: Int64, denominator: Int64, rounding: Rounding) -> Money? {
        share(Int128(numerator), of: Int128(denominator), rounding: rounding)
    }

    /// The same for a fraction of decimals, whose denominator may be beyond 64 bits. `nil` as well where the numerator
    /// of a proper fraction is beyond 64 bits, which no quantities of the contract come to.
    func share(_ numerator: Int128, of denominator: Int128, rounding: Rounding) -> Money? {
        guard numerator >= 0, denominator >= 1 else { return nil }
        guard numerator < denominator else { return self }
        guard Int64(exactly: numerator) != nil, denominator <= Money.greatestDenominator else { return nil }
        let divisor = denominator
        // Both factors are below 2^63, so the product is below 2^126; the quotient is no more than the amount.
        let (quotient, remainder) = (Int128(minorUnits) * numerator).quotientAndRemainder(dividingBy: divisor)
        let roundsUp = rounding.roundsUp(remainder: remainder, of: divisor, isOdd: quotient & 1 == 1)
        return Money(unchecked: Int64(quotient) + (roundsUp ? 1 : 0), currency: currency)
    }

    /// The most millionths that a quantity has; twice as much fits 128 bits.
    private static let greatestDenominator = Int128(Int64.max) * 1_000_000
}

extension Rounding {
    /// Whether a quotient grows by one: `remainder` is what the division left over, from 0 to below `divisor`.
    fileprivate func roundsUp(remainder: Int128, of divisor: Int128, isOdd: Bool) -> Bool {
        let doubled = remainder * 2
        return switch self {
        case .down: false
        case .halfUp: doubled >= divisor
        case .halfEven: doubled > divisor || (doubled == divisor && isOdd)
        }
    }
}
