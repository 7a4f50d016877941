public import RefundCase
public import RefundPolicy

/// A case and random things that happen to it: replies in any order and more than once, people, time, a broker that is
/// away and payouts that are paused.
public struct RandomHistory: Sendable {
    public struct Step: Sendable {
        public let before: RefundCase
        public let event: CaseEvent
        public let at: Instant
        public let facts: PublicationFacts
        public let transition: Transition
    }

    public let seed: UInt64
    public private(set) var life: CaseLife
    public let openingEffects: [Effect]
    public private(set) var steps: [Step] = []
    private var random: SplitMix64
    private var now: Instant

    public var refundCase: RefundCase { life.refundCase }

    public init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        let request = RefundRequest.example(
            id: "rr-\(seed)", kind: random.pick(Array(RefundRequest.Kind.allCases)),
            paid: money(random.pick([0, 1, 1_000])),
            usage: random.chance(0.8)
                ? Usage(unit: nil, included: random.pick([0, 10_000]), remaining: random.pick([0, 7_000])) : nil,
            dispute: random.chance(0.4) ? .open : .none)
        let policy = PolicyVersion.example(
            payout: random.pick(Array(PayoutOrder.allCases)), maxAttempts: random.pick([1, 2, 3]),
            reviewAbove: random.chance(0.2) ? [money(5)] : [], coolingOff: random.chance(0.15) ? .hours(1) : .zero)
        now = Example.submittedAt + .seconds(random.pick([0, 1, 86_400 * 2, 86_400 * 13, 86_400 * 20]))
        life = CaseLife(
            request, policy: policy, standing: random.chance(0.9) ? .free : .requested,
            withdrawal: random.chance(0.05) ? Withdrawal(submittedAt: now, reason: nil) : nil, at: now,
            broker: random.pick([.out, .out, .out, .onItsWay, .unsent]))
        openingEffects = life.effects
        if random.chance(0.2) { life.answeredAt = nil }
        self.random = random
    }

    /// Lets something happen.
    public mutating func advance() -> Step {
        passTime()
        moveBroker()
        let event = random.chance(0.2) && !steps.isEmpty ? random.pick(steps).event : newEvent()
        let before = life.refundCase
        let facts = life.facts
        life.add(event, at: now)
        let step = Step(before: before, event: event, at: now, facts: facts, transition: life.transition)
        steps.append(step)
        return step
    }

    private mutating func moveBroker() {
        if random.chance(0.4) { life.confirmAll() }
        if random.chance(0.3) { life.broker = random.pick([.out, .out, .onItsWay, .unsent]) }
        if random.chance(0.05) { life.payoutsArePaused.toggle() }
        if life.answeredAt == nil, random.chance(0.3) { life.answeredAt = now }
    }

    private mutating func passTime() {
        if random.chance(0.5), let due = life.dueAt {
            now = max(now, due + .microseconds(random.pick([-1, 0, 0, 1, 60_000_000])))
        } else {
            now = now + .microseconds(random.pick([0, 1, 1_000_000, 600_000_000, 86_400_000_000]))
        }
    }

    private mutating func newEvent() -> CaseEvent {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: return .fellDue
        case 6..<10: return .succeeded(kind(), key: key(), at: occurredAt())
        case 10..<15: return .failed(kind(), key: key(), at: occurredAt(), retryable: random.chance(0.7))
        case 15: return .withdrawn(at: now)
        case 16..<18:
            let amount =
                random.chance(0.5) ? money(random.pick([0, 1, 600, 1_001]), random.pick(["USD", "USD", "EUR"])) : nil
            return .reviewed(
                random.pick(Array(Review.Verdict.allCases)), amount: amount, note: random.pick(["looked at", "again"]),
                action: "act-\(steps.count)")
        default: return .retried("act-\(steps.count)", note: random.chance(0.5) ? "mended" : nil)
        }
    }

    private mutating func kind() -> CommandKind { random.pick(Array(CommandKind.allCases)) }

    private mutating func key() -> Int { random.pick([1, 1, 1, 2, 2, 3]) }

    /// Clocks that are right, wrong by a little, by a day and by years.
    private mutating func occurredAt() -> Instant {
        now + .seconds(random.pick([-86_400 * 7_000, -86_400, -60, -1, 0, 0, 0, 1, 60, 86_400, 86_400 * 20_000]))
    }
}
