import RefundPolicy
import Testing

@Suite("growing waits")
struct BackoffTests {
    private let standard = PolicyVersion.standard.commands.backoff

    @Test(
        "double from a minute to twelve hours",
        arguments: [
            (1, 0), (2, 60), (3, 120), (4, 240), (8, 3_840), (11, 30_720), (12, 43_200), (1_000, 43_200),
            (.max, 43_200),
        ])
    func doubling(_ attempt: Int, _ seconds: Int) {
        var backoff = standard
        backoff.jitter = 0
        #expect(backoff.wait(beforeAttempt: attempt, random: 0.9) == .seconds(seconds))
    }

    @Test("vary by their jitter either way, up to the cap")
    func jitter() {
        #expect(standard.wait(beforeAttempt: 2, random: 0) == .seconds(48))
        #expect(standard.wait(beforeAttempt: 2, random: 0.5) == .seconds(60))
        #expect(standard.wait(beforeAttempt: 2, random: 0.75) == .seconds(66))
        #expect(standard.wait(beforeAttempt: 100, random: 0) == .seconds(34_560))
        #expect(standard.wait(beforeAttempt: 100, random: 0.99) == .seconds(43_200))
        let full = Backoff(first: .seconds(10), factor: 1, cap: .seconds(10), jitter: 1)
        #expect(full.wait(beforeAttempt: 5, random: 0) == .zero)
    }

    @Test("are never negative nor longer than the cap", arguments: [41] as [UInt64])
    func bounds(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let backoff = Backoff(
                first: .milliseconds(Int.random(in: 1...100_000, using: &random)),
                factor: Double.random(in: 1...10, using: &random),
                cap: .milliseconds(Int.random(in: 1...10_000_000, using: &random)),
                jitter: Double.random(in: 0...1, using: &random))
            let attempt = Int.random(in: 2...1_000, using: &random)
            let wait = backoff.wait(beforeAttempt: attempt, random: Double.random(in: 0..<1, using: &random))
            #expect(wait >= .zero && wait <= backoff.cap, "seed \(seed): \(backoff), attempt \(attempt)")
        }
    }

    @Test("survive values that no policy file holds")
    func extremes() {
        for value in [Double.nan, .infinity, -.infinity, -1, 0, 1e308] {
            let backoff = Backoff(first: .seconds(Int64.max), factor: value, cap: .seconds(Int64.max), jitter: value)
            for attempt in [Int.min, 0, 1, 2, 3, .max] {
                #expect(backoff.wait(beforeAttempt: attempt, random: value) >= .zero)
            }
        }
        let negative = Backoff(first: .seconds(-1), factor: 2, cap: .seconds(-1), jitter: 0)
        #expect(negative.wait(beforeAttempt: 3, random: 0) == .zero)
    }
}
