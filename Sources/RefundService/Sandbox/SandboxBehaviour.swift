/// How the sandbox's systems behave. Pure: a command's key, its attempt and the seed decide everything, so that a re-send
/// of the same key is the same command to it, as it would be to a real system.
public struct SandboxBehaviour: Hashable, Sendable {
    /// The share of keys that fail, 0...1.
    public var failRate: Double
    /// The share of failures that may not be tried again, 0...1.
    public var finalRate: Double
    /// The share of deliveries that get no reply, 0...1: what was asked is done all the same.
    public var silentRate: Double
    /// How long a reply takes.
    public var delay: Duration
    public var seed: UInt64
    /// Commands whose first keys fail, and may be tried again: how many keys, by the command's id.
    public var failing: [String: Int]
    /// Commands whose first deliveries get no reply: how many deliveries, by the command's id.
    public var silenced: [String: Int]

    public init(
        failRate: Double, finalRate: Double, silentRate: Double, delay: Duration, seed: UInt64,
        failing: [String: Int] = [:], silenced: [String: Int] = [:]
    ) {
        self.failRate = failRate
        self.finalRate = finalRate
        self.silentRate = silentRate
        self.delay = delay
        self.seed = seed
        self.failing = failing
        self.silenced = silenced
    }

    /// What becomes of a command.
    public enum Outcome: Hashable, Sendable {
        case succeeded
        case failed(isRetryable: Bool)
    }

    /// The same for every delivery of a key.
    public func outcome(of key: String) -> Outcome {
        let (command, number) = SandboxBehaviour.parts(of: key)
        if number <= failing[command] ?? 0 { return .failed(isRetryable: true) }
        guard share(of: "fail \(key)") < failRate else { return .succeeded }
        return .failed(isRetryable: share(of: "final \(key)") >= finalRate)
    }

    /// Whether this delivery is answered.
    public func answers(_ key: String, attempt: Int64) -> Bool {
        attempt > silenced[SandboxBehaviour.parts(of: key).command] ?? 0
            && share(of: "silent \(key) \(attempt)") >= silentRate
    }

    /// A key's command and number, such as `rr-1042/payout` and 1 of `rr-1042/payout#1`.
    private static func parts(of key: String) -> (command: String, number: Int) {
        guard let mark = key.lastIndex(of: "#") else { return (key, 1) }
        return (String(key[..<mark]), Int(key[key.index(after: mark)...]) ?? 1)
    }

    /// A number in 0..<1 that depends on the text and the seed alone (FNV-1a, 64 bits, finished by multiplications).
    private func share(of text: String) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return Double((hash ^ hash >> 33) >> 11) / Double(1 << 53)
    }
}
