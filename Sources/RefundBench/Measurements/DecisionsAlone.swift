import RefundCase
import RefundMessages
import RefundPolicy
import RefundService

/// What is pure in a worker's work, on one thread, in parts: without broker, store or clock.
struct DecisionsAlone {
    let repeats: Int
    /// How long each part goes on in each repeat.
    let time: Duration
    let onProgress: (String) -> Void
    /// Is called often; what it throws ends the measurement.
    let check: () throws -> Void

    func run() throws -> [DecisionSeries] {
        let material = try Material()
        return try DecisionPart.allCases.map { part in
            onProgress("decisions: \(part.rawValue)")
            return DecisionSeries(
                name: part, perSecond: try (1...repeats).map { _ in try perSecond(part, of: material) })
        }
    }

    private func perSecond(_ part: DecisionPart, of material: Material) throws -> Double {
        _ = try material.work(part)
        var done = 0
        let began = ContinuousClock.now
        repeat {
            try check()
            for _ in 0..<16 {
                // What was made is looked at, so that no work can be left out.
                guard try material.work(part) == Material.count else { throw BenchError.wrongDecision }
                done += Material.count
            }
        } while ContinuousClock.now - began < time
        return Double(done) / (ContinuousClock.now - began).inSeconds
    }
}

/// Different requests, and what works on them.
private struct Material {
    static let count = 64

    private let now: Instant
    private let bodies: [[UInt8]]
    private let requests: [RefundRequest]
    private let evaluation: Evaluation
    private let decoder = InboundDecoder()
    private let encoder = OutboundEncoder()

    init() throws {
        let requests = BenchRequests(names: BrokerNames(), now: SystemClock.now())
        now = requests.now + .seconds(1)
        bodies = (0..<Material.count).map { requests.body($0) }
        let decoder = InboundDecoder()
        self.requests = try bodies.map { try decoder.decodeStoredRequest($0) }
        evaluation = Evaluation(policy: .standard, now: now)
    }

    /// Does that part of the work for each request.
    ///
    /// - Returns: how many came out as they must.
    func work(_ part: DecisionPart) throws -> Int {
        switch part {
        case .decide:
            requests.count { PolicyVersion.standard.decide($0, line: .free).refund?.minorUnits == 700 }
        case .decode:
            try bodies.count { body in
                if case .requested = try decoder.decode(body, as: .requested, at: now) { true } else { false }
            }
        case .open: requests.count { messages(of: $0) == 3 }
        case .evaluate: try bodies.count { try evaluation.decide($0).state.status == .approved }
        }
    }

    private func messages(of request: RefundRequest) -> Int {
        let (opened, effects) = RefundCase.open(
            request, policy: .standard, standing: .free, traceparent: nil, at: now)
        return effects.count { effect in
            guard case .send(let message, _) = effect else { return false }
            return !encoder.encode(message, of: opened, at: now).body.isEmpty
        }
    }
}
