extension Money {
    /// The longest text that is read as an amount.
    public static let mostCharacters = 32

    /// The largest amount of a currency that can be handled.
    static func greatest(_ currency: Currency) -> Money {
        Money(unchecked: .max, currency: currency)
    }

    /// Reads an amount as the contract writes it: `10.00`, `10`, `0.5` (contract § 3).
    ///
    /// The text is ASCII digits, and where there are decimals a point and more digits: `[0-9]+(\.[0-9]+)?`. Neither
    /// side of the point may be empty. Leading zeros are allowed: padded amounts are common in systems with fixed
    /// fields, their value is in no doubt, and refusing them would only leave a customer without an answer.
    ///
    /// - Throws: `AmountError` when the text is longer than `mostCharacters`, has another form, has more decimals than
    ///   the currency, or is more than `Int64.max` minor units.
    public static func parse(decimal text: some StringProtocol, currency: Currency) throws(AmountError) -> Money {
        var text = String(text)
        let parsed = text.withUTF8 { bytes in
            Result { () throws(AmountError) in try Money.parse(utf8: bytes, currency: currency) }
        }
        return try parsed.get()
    }

    /// The same for text that is at hand as bytes.
    package static func parse(
        utf8 bytes: UnsafeBufferPointer<UInt8>, currency: Currency
    ) throws(AmountError) -> Money {
        guard bytes.count <= Money.mostCharacters else { throw .tooLong }
        var digits = Money.Digits()
        for byte in bytes {
            guard digits.take(byte) else { throw .notDecimal }
        }
        guard digits.whole > 0, !digits.hasPoint || digits.fraction > 0 else { throw .notDecimal }
        guard digits.fraction <= currency.decimals else { throw .tooManyDecimals(currency) }
        for _ in digits.fraction..<currency.decimals { digits.append(0) }
        guard let minorUnits = digits.value else { throw .tooLarge(currency) }
        return Money(unchecked: minorUnits, currency: currency)
    }

    /// The same for those who need no reason: `nil` where `parse(decimal:currency:)` throws.
    public init?(decimal text: some StringProtocol, currency: Currency) {
        guard let money = try? Money.parse(decimal: text, currency: currency) else { return nil }
        self = money
    }

    /// What has been read of an amount.
    private struct Digits {
        /// Digits before the point.
        var whole = 0
        /// Digits after it.
        var fraction = 0
        var hasPoint = false
        /// All digits as one number; `nil` once it is past 64 bits.
        var value: Int64? = 0

        /// Takes one character; `false` when it has no place there.
        mutating func take(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "."):
                guard !hasPoint else { return false }
                hasPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if hasPoint { fraction += 1 } else { whole += 1 }
                append(Int64(byte - UInt8(ascii: "0")))
            default:
                return false
            }
            return true
        }

        mutating func append(_ digit: Int64) {
            guard let before = value else { return }
            let (tenfold, overflow) = before.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tenfold.addingReportingOverflow(digit)
            value = overflow || sumOverflow ? nil : sum
        }
    }
}
