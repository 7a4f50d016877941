/// Who did the work that was measured.
public enum Subject: String, Codable, Hashable, Sendable {
    /// `refund-worker run`, as a process of its own.
    case worker
    /// The bench's own relay: the broker's part of the work alone, over the same topic exchange.
    case relay
    /// The same over the broker's default exchange, which routes by the queue's name.
    case directRelay = "relay_default_exchange"
    /// The program of `--floor`.
    case floor
}

/// A backlog that was worked off.
public struct DrainRun: Codable, Hashable, Sendable {
    public let requests: Int
    public let seconds: Double
    /// Processor time of the client meanwhile, in microseconds for each request.
    public let cpuMicroseconds: Double?
    /// The most memory that the process ever had, in bytes.
    public var peakMemory: Int?
    /// The batch size, where the best of several was taken.
    public var batch: Int?

    public init(requests: Int, seconds: Double, cpuMicroseconds: Double?, peakMemory: Int? = nil, batch: Int? = nil) {
        self.requests = requests
        self.seconds = seconds
        self.cpuMicroseconds = cpuMicroseconds
        self.peakMemory = peakMemory
        self.batch = batch
    }

    public var perSecond: Double { seconds > 0 ? Double(requests) / seconds : 0 }
}

/// The same backlog again and again.
public struct DrainSeries: Codable, Hashable, Sendable {
    public let step: BenchStep
    public let subject: Subject
    public let lanes: Int?
    public let batch: Int?
    /// What waited in the other queue meanwhile.
    public let waiting: Int?
    public var runs: [DrainRun]

    public init(
        step: BenchStep, subject: Subject, lanes: Int? = nil, batch: Int? = nil, waiting: Int? = nil,
        runs: [DrainRun] = []
    ) {
        self.step = step
        self.subject = subject
        self.lanes = lanes
        self.batch = batch
        self.waiting = waiting
        self.runs = runs
    }

    public var perSecond: Spread? { Spread(runs.map(\.perSecond)) }
    public var cpuMicroseconds: Spread? { Spread(runs.compactMap(\.cpuMicroseconds)) }
    public var peakMemory: Spread? { Spread(runs.compactMap { $0.peakMemory.map(Double.init) }) }
}

/// Times from the moment when a request should have been published to its payout command's arrival, in milliseconds.
public struct LatencyRun: Codable, Hashable, Sendable {
    public let count: Int
    public let p50: Double
    public let p90: Double
    public let p99: Double
    public let p999: Double
    public let max: Double

    public init(count: Int, p50: Double, p90: Double, p99: Double, p999: Double, max: Double) {
        self.count = count
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
        self.p999 = p999
        self.max = max
    }
}

/// The same rate again and again.
public struct LatencySeries: Codable, Hashable, Sendable {
    public let step: BenchStep
    public let subject: Subject
    /// Requests a second.
    public let rate: Int
    public var runs: [LatencyRun]

    public init(step: BenchStep, subject: Subject, rate: Int, runs: [LatencyRun] = []) {
        self.step = step
        self.subject = subject
        self.rate = rate
        self.runs = runs
    }

    public func spread(_ figure: KeyPath<LatencyRun, Double>) -> Spread? { Spread(runs.map { $0[keyPath: figure] }) }
}

/// How many times a second something pure was done on one thread.
public struct DecisionSeries: Codable, Hashable, Sendable {
    public let name: DecisionPart
    /// A second, in each repeat.
    public let perSecond: [Double]

    public init(name: DecisionPart, perSecond: [Double]) {
        self.name = name
        self.perSecond = perSecond
    }
}

/// What is in a figure about decisions.
public enum DecisionPart: String, Codable, Hashable, Sendable, CaseIterable {
    case decide, decode, open, evaluate

    /// What is in it, and what not.
    public var title: String {
        switch self {
        case .decide: "the rules and the amount, from a request that was read already"
        case .decode: "bytes of JSON to a checked request"
        case .open: "the decision, its case and its three messages as bytes"
        case .evaluate: "bytes of JSON to a case, as `evaluate` does it; nothing written"
        }
    }
}
