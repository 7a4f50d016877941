import RefundPolicy
import RefundWorker

/// Everything that decides a world: a seed and what it was cut down to.
public struct Scenario: Sendable {
    public let seed: UInt64
    /// Requests that come, not counting their repetitions.
    public var requests: Int
    public var workers: Int
    /// How likely each kind of fault is, 0...1; kinds that are left out don't happen.
    public var intensity: [FaultKind: Double]
    /// How long things go wrong, in the policy's own measure of time.
    public var faultyBeats: Int
    /// The measure of all of the policy's times.
    let beat: Duration
    /// How far a clock may be off.
    let clockOffset: Duration
    /// Whether the store is on a machine of its own, whose clock is right.
    let storeHasClock: Bool
    /// When a worker doubts its machine's clock.
    let clockTerms: CalendarTerms
    let batch: Int
    let afterRevocation: Bool
    let maxAttempts: Int
    /// How long both commands of an approved case are held; zero in most worlds.
    let coolingOff: Duration
    /// Whether customers are told at once that their requests have come.
    let acknowledges: Bool
    /// How many messages a worker may have in its memory before it takes no more requests.
    let unsentInMemory: Int
    /// What the auditor does not look at.
    public var overlooked: Set<Invariant> = []

    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: 1)
        self.seed = seed
        requests = random.number(4...24)
        workers = random.pick([1, 1, 2, 3])
        // Deadlines are minutes, hours or days.
        beat = .seconds(60 * random.pick([1, 1, 30, 720]))
        clockOffset = World.mostClockOffset
        faultyBeats = random.number(10...40)
        batch = random.pick([1, 3, 8, 64])
        afterRevocation = random.chance(0.4)
        maxAttempts = random.number(2...6)
        intensity = [:]
        let isCalm = random.chance(0.05)
        for kind in FaultKind.allCases where kind != .clockLeaps {
            let isOn = random.chance(kind == .storeRefuses ? 0.15 : 0.5)
            let strength = Double(random.number(1...10)) / 10
            if isOn, !isCalm { intensity[kind] = strength }
        }
        // Seconds of a customer's second thoughts, or most of the time that there is for an answer.
        let coolingBeats = random.pick([0, 0, 0, 0.5, 3, 10, 25])
        coolingOff = .microseconds(Int64(coolingBeats * Double(beat.microseconds)))
        unsentInMemory = random.pick([8_192, 8_192, 24, 6, 1])
        var clocks = SeededRandom(seed: seed, stream: 21)
        storeHasClock = clocks.chance(0.5)
        clockTerms = CalendarTerms(believedAfter: min(.seconds(300), beat))
        var readings = SeededRandom(seed: seed, stream: 22)
        acknowledges = readings.chance(0.3)
        if clocks.chance(0.5), !isCalm { intensity[.clockLeaps] = Double(clocks.number(1...10)) / 10 }
    }

    /// The same world without what goes by that name: a kind of fault, or something that must hold.
    ///
    /// - Returns: `nil` if nothing does.
    public func without(_ name: String) -> Scenario? {
        var scenario = self
        if let kind = FaultKind(rawValue: name) {
            scenario.intensity[kind] = nil
        } else if let invariant = Invariant.allCases.first(where: { "\($0)" == name }) {
            scenario.overlooked.insert(invariant)
        } else {
            return nil
        }
        return scenario
    }

    /// How likely, with `full` for the highest intensity.
    func rate(_ kind: FaultKind, full: Double) -> Double {
        (intensity[kind] ?? 0) * full
    }

    /// A drill on real parts: their faults are planned elsewhere, and they have one clock.
    package init(drill seed: UInt64, beat: Duration) {
        self.seed = seed
        self.beat = beat
        clockOffset = .zero
        (storeHasClock, clockTerms) = (false, CalendarTerms(believedAfter: .zero))
        (requests, workers, faultyBeats, batch, afterRevocation, maxAttempts) = (0, 0, 0, 0, false, 4)
        (coolingOff, unsentInMemory, acknowledges) = (.zero, 0, false)
        intensity = [:]
    }

    package func beats(_ count: Double) -> Duration { .microseconds(Int64(count * Double(beat.microseconds))) }

    var policy: PolicyVersion {
        var version = PolicyVersion.standard
        version.respondWithin = .time(beats(30))
        version.refundWithin = .time(beats(80))
        version.atRisk = AtRisk(response: .time(beats(5)), refund: .time(beats(15)))
        version.payout = afterRevocation ? .afterRevocation : .onApproval
        version.coolingOff = .time(coolingOff)
        version.acknowledges = acknowledges
        version.commands = CommandTerms(
            replyWithin: .time(beats(2)), backoff: Backoff(first: beats(0.3), factor: 2, cap: beats(10), jitter: 0.2),
            maxAttempts: maxAttempts)
        version.reviewAbove = [Currency(code: "USD")].compactMap {
            $0.flatMap { Money(minorUnits: 10_000, currency: $0) }
        }
        var excluded = version
        (excluded.isReturnable, excluded.isCancellable) = (false, false)
        version.terms = [
            PolicyTerms(
                name: "excluded", when: TermsCondition(services: [ServicePattern("setup-*")]), version: excluded)
        ]
        return version
    }

    var limits: LaneLimits {
        LaneLimits(
            batch: batch, burst: 8, firstBurst: 3, trustAfter: beats(0.5), publicationsInFlight: 32,
            unsentInMemory: unsentInMemory, unsentAtOnce: 16,
            dueAtOnce: 8, dueEvery: beats(0.25),
            parking: ParkingTerms(
                backoff: Backoff(first: beats(0.1), factor: 2, cap: beats(2), jitter: 0), patience: beats(12)))
    }

    /// A body over this is too large.
    static let bodySize = 4_096
}
