/// Something that reads strangers' bytes, with what must hold whatever they are: it ends, it does not trap, and more.
public struct FuzzTarget: Sendable, CustomStringConvertible {
    public let name: String
    /// Good inputs, from which others are made.
    let seeds: [[UInt8]]
    /// - Returns: what does not hold; `nil` when all does.
    let examine: @Sendable ([UInt8], _ random: inout FuzzRandom) -> String?

    public var description: String { name }

    public static let all: [FuzzTarget] = [.messages, .policies, .streams, .stored]

    /// The input that a seed stands for.
    public func input(_ seed: UInt64) -> [UInt8] {
        var random = FuzzRandom(seed: seed)
        return Mutation.mutated(random.pick(seeds), others: seeds, &random)
    }

    /// Examines one input.
    public func fault(in bytes: [UInt8], seed: UInt64 = 0) -> String? {
        var random = FuzzRandom(seed: ~seed)
        return examine(bytes, &random)
    }
}

/// SplitMix64: the same seed gives the same input.
public struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0xd6e8_feb8_6659_fd93
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int.random(in: choices.indices, using: &self)] }
}
