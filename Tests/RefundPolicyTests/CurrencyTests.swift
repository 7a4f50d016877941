import RefundPolicy
import Testing

@Suite("the currencies of ISO 4217")
struct CurrencyTests {
    /// Every currency that can be made of three letters, by its number of decimals.
    private static let byDecimals: [Int: [String]] = {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { Character(Unicode.Scalar($0)) }
        var found: [Int: [String]] = [:]
        for first in letters {
            for second in letters {
                for third in letters {
                    let code = String([first, second, third])
                    guard let currency = Currency(code: code) else { continue }
                    found[currency.decimals, default: []].append(code)
                }
            }
        }
        return found
    }()

    @Test("there are 165 with minor units")
    func counts() {
        #expect(CurrencyTests.byDecimals.mapValues(\.count) == [0: 17, 2: 139, 3: 7, 4: 2])
    }

    @Test("those with other than two decimals are these")
    func exceptions() {
        #expect(
            CurrencyTests.byDecimals[0] == [
                "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
                "XOF", "XPF",
            ])
        #expect(CurrencyTests.byDecimals[3] == ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
        #expect(CurrencyTests.byDecimals[4] == ["CLF", "UYW"])
    }

    @Test(
        "the rest has two",
        arguments: [
            "AED", "AFN", "ALL", "BOV", "CHE", "CHW", "COU", "EUR", "GBP", "HUF", "MGA", "MRU", "MXV", "SLE", "TWD",
            "USD", "USN", "VED", "XAD", "XCG", "ZAR", "ZMW", "ZWG",
        ])
    func two(_ code: String) {
        #expect(Currency(code: code)?.decimals == 2)
        #expect(Currency(code: code)?.code == code)
    }

    @Test(
        "metals, units of account and withdrawn codes cannot be paid; nor can what is no code",
        arguments: [
            "XAU", "XAG", "XPT", "XPD", "XDR", "XSU", "XUA", "XBA", "XTS", "XXX", "HRK", "DEM", "ANG", "BGN", "ZWL",
            "SLL", "CUC", "usd", "Usd", "US", "USDD", "", "US ", "U\u{53}\u{301}D", "ＵＳＤ", "000", "ZZZ", "AAA",
        ])
    func unknown(_ code: String) {
        #expect(Currency(code: code) == nil)
    }
}
