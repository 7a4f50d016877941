import Foundation
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

    /// An independent list of the currencies of today, with their decimals; `nil` for those that cannot be paid.
    private static let published: [String: Int?] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/iso4217.txt")
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
        return Dictionary(
            uniqueKeysWithValues: lines.filter { !$0.hasPrefix("#") }.map {
                (String($0.prefix(3)), Int($0.dropFirst(4)))
            })
    }()

    @Test("are those of an independent list with the same decimals, and the others have a last day")
    func published() throws {
        #expect(Self.published.count == 178)
        let known = Dictionary(
            uniqueKeysWithValues: Self.byDecimals.flatMap { decimals, codes in codes.map { ($0, decimals) } })
        for (code, decimals) in Self.published { #expect(known[code] == decimals, "\(code)") }
        let today = try day("2026-01-01")
        for code in known.keys {
            let lastDay = try #require(Currency(code: code)).lastDay
            #expect((lastDay == nil) == Self.published.keys.contains(code), "\(code)")
            #expect(lastDay.map { $0 < today } ?? true, "\(code)")
        }
    }

    @Test(
        "those that were withdrawn are known for ever, with their last day",
        arguments: [
            ("BGN", "2025-12-31"), ("HRK", "2022-12-31"), ("ANG", "2025-03-30"), ("SLL", "2024-03-31"),
            ("CUC", "2021-06-30"), ("ZWL", "2024-08-31"), ("BYR", "2016-06-30"),
        ])
    func withdrawn(_ code: String, _ lastDay: String) throws {
        let currency = try #require(Currency(code: code))
        let last = try day(lastDay)
        #expect(currency.lastDay == last)
        #expect(currency.exists(on: last) && !currency.exists(on: last.adding(days: 1)))
    }

    @Test("those with other than two decimals are these")
    func exceptions() {
        #expect(
            CurrencyTests.byDecimals[0] == [
                "BIF", "BYR", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
                "XAF",
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
        "metals and units of account cannot be paid; nor can what is no code, or was none in our time",
        arguments: [
            "XAU", "XAG", "XPT", "XPD", "XDR", "XSU", "XUA", "XBA", "XTS", "XXX", "DEM",
            "usd", "Usd", "US", "USDD", "", "US ", "U\u{53}\u{301}D", "ＵＳＤ", "000", "ZZZ", "AAA",
        ])
    func unknown(_ code: String) {
        #expect(Currency(code: code) == nil)
    }
}
