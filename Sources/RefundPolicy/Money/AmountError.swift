/// Why a text is no amount of its currency.
public enum AmountError: Error, Hashable, Sendable {
    /// Longer than `Money.mostCharacters`.
    case tooLong
    /// Not digits with, at most, a point and more digits.
    case notDecimal
    /// More decimals than the currency has.
    case tooManyDecimals(Currency)
    /// More than 64 bits of minor units can say.
    case tooLarge(Currency)
}

extension AmountError: CustomStringConvertible {
    /// What is wrong and what to write instead; never the text itself.
    public var description: String {
        switch self {
        case .tooLong:
            "the amount is longer than \(Money.mostCharacters) characters; write it with fewer digits"
        case .notDecimal:
            "the amount is not a decimal such as 10.00; write digits, with a point and more digits where it has cents, "
                + "and no sign, space or exponent"
        case .tooManyDecimals(let currency):
            switch currency.decimals {
            case 0: "the amount has decimals and \(currency.code) has none; write whole units"
            case let decimals: "the amount has more decimals than the \(decimals) of \(currency.code); round it to them"
            }
        case .tooLarge(let currency):
            "the amount is more than can be handled; the most is \(Money.greatest(currency))"
        }
    }
}
