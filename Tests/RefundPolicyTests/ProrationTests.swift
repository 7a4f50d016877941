import RefundPolicy
import Testing

@Suite("a share of an amount")
struct ProrationTests {
    @Test(
        "is rounded once, by the policy's rule",
        arguments: [
            // paid, numerator, denominator, half_up, half_even, down
            (1_000, 7_000, 10_000, 700, 700, 700), (999, 15, 30, 500, 500, 499), (1, 1, 2, 1, 0, 0),
            (3, 1, 2, 2, 2, 1), (5, 1, 2, 3, 2, 2), (1_000, 1, 3, 333, 333, 333), (1_000, 2, 3, 667, 667, 666),
            (0, 1, 3, 0, 0, 0), (7, 0, 3, 0, 0, 0), (7, 3, 3, 7, 7, 7), (7, 4, 3, 7, 7, 7),
            (.max, .max, .max, .max, .max, .max), (.max, .max - 1, .max, .max - 1, .max - 1, .max - 1),
            (.max, 1, 2, .max / 2 + 1, .max / 2 + 1, .max / 2), (.max, 1, .max, 1, 1, 1),
            (1, .max - 1, .max, 1, 1, 0), (1, .max / 2, .max, 0, 0, 0), (1, .max / 2 + 1, .max, 1, 1, 0),
        ] as [(Int64, Int64, Int64, Int64, Int64, Int64)])
    func rounding(
        _ paid: Int64, _ numerator: Int64, _ denominator: Int64, _ halfUp: Int64, _ halfEven: Int64, _ down: Int64
    ) throws {
        let currency = try #require(Currency(code: "USD"))
        let money = try #require(Money(minorUnits: paid, currency: currency))
        for (rounding, expected) in [(Rounding.halfUp, halfUp), (.halfEven, halfEven), (.down, down)] {
            let share = money.prorated(numerator: numerator, denominator: denominator, rounding: rounding)
            #expect(share?.minorUnits == expected, "\(rounding)")
            #expect(share?.currency == currency)
        }
    }

    @Test("of nothing sensible is none")
    func none() throws {
        let ten = try money("10.00")
        for (numerator, denominator) in [(-1, 1), (1, 0), (1, -1), (.min, .min), (0, 0)] as [(Int64, Int64)] {
            #expect(ten.prorated(numerator: numerator, denominator: denominator, rounding: .halfUp) == nil)
        }
    }

    @Test("stays between zero and the amount, and is exact where it divides", arguments: [1, 2, 3] as [UInt64])
    func properties(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let currency = try #require(Currency(code: "EUR"))
        for round in 0..<5_000 {
            let note: Comment = "seed \(seed), round \(round)"
            let width = Int.random(in: 0...62, using: &random)
            let paid = Int64.random(in: 0...(.max >> Int64(width)), using: &random)
            let denominator = Int64.random(in: 1...(.max >> Int64.random(in: 0...62, using: &random)), using: &random)
            let numerator = Int64.random(in: 0...denominator, using: &random)
            let money = try #require(Money(minorUnits: paid, currency: currency))
            let shares = try Rounding.allCases.map { rounding in
                try #require(
                    money.prorated(numerator: numerator, denominator: denominator, rounding: rounding), note
                ).minorUnits
            }
            #expect(shares.allSatisfy { (0...paid).contains($0) }, note)
            let down = try #require(Rounding.allCases.firstIndex(of: .down))
            #expect(shares.allSatisfy { (shares[down]...shares[down] + 1).contains($0) }, note)
            // denominator × whole, prorated by numerator / denominator, is numerator × whole exactly.
            let whole = Int64.random(in: 0...Int64.max / denominator, using: &random)
            let exact = try #require(Money(minorUnits: whole * denominator, currency: currency))
            for rounding in Rounding.allCases {
                let share = exact.prorated(numerator: numerator, denominator: denominator, rounding: rounding)
                #expect(share?.minorUnits == whole * numerator, note)
            }
        }
    }

    @Test("at a tie goes to the even neighbour by half_even, up by half_up")
    func ties() throws {
        let currency = try #require(Currency(code: "USD"))
        for odd in stride(from: Int64(1), to: 2_001, by: 2) {
            let money = try #require(Money(minorUnits: odd, currency: currency))
            let even = try #require(money.prorated(numerator: 1, denominator: 2, rounding: .halfEven)).minorUnits
            #expect(even % 2 == 0 && abs(2 * even - odd) == 1)
            #expect(money.prorated(numerator: 1, denominator: 2, rounding: .halfUp)?.minorUnits == (odd + 1) / 2)
        }
    }
}
