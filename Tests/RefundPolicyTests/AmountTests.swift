import RefundPolicy
import Testing

@Suite("amounts as text")
struct AmountTests {
    @Test(
        "a decimal is read exactly, and written with the currency's decimals",
        arguments: [
            ("10.00", "USD", 1_000, "10.00"), ("10", "USD", 1_000, "10.00"), ("10.5", "USD", 1_050, "10.50"),
            ("0", "USD", 0, "0.00"), ("0.01", "USD", 1, "0.01"), ("00010.00", "USD", 1_000, "10.00"),
            ("1000", "JPY", 1_000, "1000"), ("3.000", "KWD", 3_000, "3.000"), ("2.1", "KWD", 2_100, "2.100"),
            ("0.0001", "CLF", 1, "0.0001"), ("92233720368547758.07", "USD", Int64.max, "92233720368547758.07"),
            ("9223372036854775807", "JPY", Int64.max, "9223372036854775807"),
            ("00000000000000000000000000001.00", "USD", 100, "1.00"),
        ] as [(String, String, Int64, String)])
    func good(_ text: String, _ code: String, _ minorUnits: Int64, _ written: String) throws {
        let currency = try #require(Currency(code: code))
        let money = try Money.parse(decimal: text, currency: currency)
        #expect(money.minorUnits == minorUnits && money.decimal == written)
        #expect(Money(decimal: text, currency: currency) == money)
        #expect(Money(decimal: money.decimal, currency: currency) == money)
    }

    @Test(
        "nothing else is",
        arguments: [
            "", ".", ".5", "5.", "-1", "+1", " 1", "1 ", "1,00", "1e3", "1E3", "0x10", "1.0.0", "1..0", "--1", "1_000",
            "NaN", "inf", "１", "٣", "1\u{301}", "1\u{0}", "1.\u{660}", "$1", "1 USD", "\n1",
        ])
    func notDecimal(_ text: String) throws {
        let currency = try #require(Currency(code: "USD"))
        #expect(throws: AmountError.notDecimal) { try Money.parse(decimal: text, currency: currency) }
        #expect(Money(decimal: text, currency: currency) == nil)
    }

    @Test("too many decimals, too large and too long have their own errors")
    func limits() throws {
        let dollar = try #require(Currency(code: "USD"))
        let yen = try #require(Currency(code: "JPY"))
        #expect(throws: AmountError.tooManyDecimals(dollar)) { try Money.parse(decimal: "1.000", currency: dollar) }
        #expect(throws: AmountError.tooManyDecimals(yen)) { try Money.parse(decimal: "1.0", currency: yen) }
        #expect(throws: AmountError.tooLarge(dollar)) {
            try Money.parse(decimal: "92233720368547758.08", currency: dollar)
        }
        #expect(throws: AmountError.tooLarge(dollar)) {
            try Money.parse(decimal: "92233720368547759", currency: dollar)
        }
        #expect(throws: AmountError.tooLarge(yen)) {
            try Money.parse(decimal: String(repeating: "9", count: 32), currency: yen)
        }
        #expect(throws: AmountError.tooLong) {
            try Money.parse(decimal: String(repeating: "0", count: 33), currency: yen)
        }
        #expect(throws: AmountError.tooLong) {
            try Money.parse(decimal: String(repeating: "x", count: 1_000_000), currency: yen)
        }
    }

    @Test("an error says what to write, and never quotes the text")
    func descriptions() throws {
        let dollar = try #require(Currency(code: "USD"))
        let errors: [AmountError] = [.tooLong, .notDecimal, .tooManyDecimals(dollar), .tooLarge(dollar)]
        for error in errors { #expect(error.description.contains("; ")) }
        #expect(AmountError.tooManyDecimals(dollar).description.contains("the 2 of USD"))
    }
}
