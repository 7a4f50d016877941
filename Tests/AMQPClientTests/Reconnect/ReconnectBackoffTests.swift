import AMQPClient
import Testing

/// A generator that repeats itself for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Always the same bits: all ones draw the longest pause, all zeros the shortest.
struct ConstantGenerator: RandomNumberGenerator {
    let bits: UInt64
    func next() -> UInt64 { bits }
}

@Suite("the pause before connecting again")
struct ReconnectBackoffTests {
    @Test(
        "the ceiling doubles from 250 ms to 30 s",
        arguments: zip(
            0...9,
            [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000] as [Int]
        )
    )
    func ceiling(failures: Int, milliseconds: Int) {
        var backoff = ReconnectBackoff()
        var generator = SeededGenerator(state: 1)
        for _ in 0..<failures { _ = backoff.nextPause(using: &generator) }
        #expect(backoff.ceiling == .milliseconds(milliseconds))
    }

    @Test(
        "a pause lies between zero and the ceiling, and the seed decides it", arguments: [1, 2, 42, 4_711] as [UInt64])
    func pauses(seed: UInt64) {
        func draw() -> [Duration] {
            var backoff = ReconnectBackoff()
            var generator = SeededGenerator(state: seed)
            return (0..<40).map { _ in
                let ceiling = backoff.ceiling
                let pause = backoff.nextPause(using: &generator)
                #expect(pause >= .zero && pause <= ceiling, "seed \(seed)")
                return pause
            }
        }
        let pauses = draw()
        #expect(pauses == draw(), "seed \(seed)")
        #expect(Set(pauses).count > 30, "seed \(seed): the pauses differ")
    }

    @Test("the jitter is full: the least draw is zero, the greatest the ceiling")
    func extremes() {
        var backoff = ReconnectBackoff(base: .seconds(1), limit: .seconds(1))
        var least = ConstantGenerator(bits: 0)
        var greatest = ConstantGenerator(bits: .max)
        #expect(backoff.nextPause(using: &least) == .zero)
        #expect(backoff.nextPause(using: &greatest) == .seconds(1))
    }

    @Test("after a success it starts from the beginning")
    func reset() {
        var backoff = ReconnectBackoff()
        var generator = SeededGenerator(state: 7)
        for _ in 0..<5 { _ = backoff.nextPause(using: &generator) }
        #expect(backoff.failures == 5)
        backoff.reset()
        #expect(backoff.failures == 0)
        #expect(backoff.ceiling == .milliseconds(250))
    }

    @Test("limits that make no sense are bent into ones that do")
    func strangeLimits() {
        let backwards = ReconnectBackoff(base: .seconds(2), limit: .seconds(1))
        #expect(backwards.limit == .seconds(2))
        let negative = ReconnectBackoff(base: .seconds(-1), limit: .seconds(1_000_000_000))
        #expect(negative.base == .milliseconds(1))
        #expect(negative.limit == .seconds(86_400))
    }
}

@Suite("which endpoint next")
struct EndpointRotationTests {
    @Test("each in turn, round and round")
    func round() throws {
        var rotation = try #require(EndpointRotation(Endpoint.list(from: "amqp://a,amqp://b,amqp://c")))
        var hosts: [String] = []
        for _ in 0..<7 {
            hosts.append(rotation.current.host)
            rotation.advance()
        }
        #expect(hosts == ["a", "b", "c", "a", "b", "c", "a"])
    }

    @Test(
        "the start is counted round the list",
        arguments: zip([0, 1, 2, 3, UInt.max] as [UInt], ["a", "b", "a", "b", "b"]))
    func start(_ start: UInt, host: String) throws {
        let rotation = try #require(EndpointRotation(Endpoint.list(from: "amqp://a,amqp://b"), startingAt: start))
        #expect(rotation.current.host == host)
    }

    @Test("without endpoints there is no rotation")
    func none() {
        #expect(EndpointRotation([]) == nil)
    }

    @Test("epochs only rise")
    func epochs() {
        #expect(Epoch(1) < Epoch(1).next)
        #expect("\(Epoch(7))" == "7")
    }
}
