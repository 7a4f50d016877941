import RefundPolicy

/// A small seeded generator (SplitMix64): the same seed gives the same numbers, and so the same world.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter stream: keeps the parts of a world apart, so that one drawing more leaves the others as they were.
    package init(seed: UInt64, stream: UInt64) {
        state = (seed &* 0xd6e8_feb8_6659_fd93) ^ (stream &* 0xa076_1d64_78bd_642f)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// `true` in about `share` of the calls.
    package mutating func chance(_ share: Double) -> Bool {
        share > 0 && Double(next() >> 11) / Double(1 << 53) < share
    }

    /// One of the choices, all as likely.
    package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int(next().multipliedFullWidth(by: UInt64(choices.count)).high)]
    }

    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next().multipliedFullWidth(by: UInt64(range.count)).high)
    }

    /// Evenly between the two, to the microsecond.
    package mutating func time(_ low: Duration, _ high: Duration) -> Duration {
        .microseconds(Int64(number(Int(low.microseconds)...max(Int(low.microseconds), Int(high.microseconds)))))
    }
}
