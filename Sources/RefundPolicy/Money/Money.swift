/// An amount of one currency, in its minor units. Never negative: what was paid, or what goes back.
public struct Money: Hashable, Sendable {
    /// The amount in minor units (cents for USD, yen for JPY, fils for KWD), 0 or more.
    public let minorUnits: Int64
    public let currency: Currency

    /// `nil` when the amount is negative.
    public init?(minorUnits: Int64, currency: Currency) {
        guard minorUnits >= 0 else { return nil }
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// For amounts that are known not to be negative.
    init(unchecked minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    public static func zero(_ currency: Currency) -> Money {
        Money(unchecked: 0, currency: currency)
    }

    public var isZero: Bool { minorUnits == 0 }

    /// The amount as the contract writes it: a decimal with exactly the currency's decimals, such as `7.00`, `700`,
    /// `2.100` (contract § 3).
    public var decimal: String {
        String(unsafeUninitializedCapacity: Money.longestDecimal) { writeDecimal(to: $0) }
    }

    /// How many bytes `writeDecimal` needs at most.
    package static let longestDecimal = 24

    /// Writes the same as `decimal`.
    ///
    /// - Returns: how many bytes it took.
    package func writeDecimal(to bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var writer = DigitWriter(bytes)
        var power: Int64 = 1
        for _ in 0..<currency.decimals { power *= 10 }
        let (whole, fraction) = minorUnits.quotientAndRemainder(dividingBy: power)
        writer.integer(whole)
        if currency.decimals > 0 {
            writer.mark(".")
            writer.digits(Int(fraction), width: currency.decimals)
        }
        return writer.count
    }
}

extension Money: CustomStringConvertible {
    /// Such as `7.00 USD`.
    public var description: String { joined(decimal, " ", currency.code) }
}
