import RefundBench
import Testing

@Suite("Medians and ratios")
struct SpreadTests {
    @Test(
        "the middle and the ends of figures in any order",
        arguments: [
            ([3.0], 3.0, 3.0, 3.0), ([4, 1, 3], 3, 1, 4), ([4, 1, 3, 2], 2.5, 1, 4), ([5, 5], 5, 5, 5),
        ] as [([Double], Double, Double, Double)])
    func spreads(figures: [Double], median: Double, least: Double, most: Double) throws {
        let spread = try #require(Spread(figures))
        #expect([spread.median, spread.least, spread.most] == [median, least, most])
    }

    @Test("nothing has no middle")
    func nothing() {
        #expect(Spread([]) == nil)
        #expect(Spread.ratio([1], to: []) == nil)
        #expect(Spread.ratio([1], to: [0]) == nil)
    }

    @Test("ratios are of the same round, so that a slow round of both changes nothing")
    func ratios() throws {
        let ratio = try #require(Spread.ratio([10, 5, 20], to: [20, 10, 40]))
        #expect([ratio.least, ratio.most] == [0.5, 0.5])
    }
}
