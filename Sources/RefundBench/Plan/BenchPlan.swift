/// What is measured, how often and with how much.
public struct BenchPlan: Codable, Hashable, Sendable {
    public var steps: [BenchStep]
    /// How often each measurement is made; those that are compared take turns.
    public var repeats: Int
    /// Requests in the backlogs of SQLite and PostgreSQL.
    public var requests: Int
    /// The worker's batch sizes that are tried, and the requests for each.
    public var batches: [Int]
    public var requestsPerBatchSize: Int
    /// How many lanes are tried on PostgreSQL.
    public var lanes: [Int]
    /// The batch sizes that the floor may show its best with.
    public var floorBatches: [Int]
    /// Requests a second whose latency has a target, and for how long they come.
    public var rate: Int
    public var latencySeconds: Int
    /// Other rates, and for how long.
    public var rates: [Int]
    public var loadSeconds: Int
    /// Cases whose two commands are replied to, and requests that wait meanwhile.
    public var repliedCases: Int
    public var waitingRequests: Int
    /// Requests in the backlog at which memory is measured.
    public var memoryBacklog: Int
    /// How often the process is started.
    public var starts: Int

    /// What the figures are quoted from; about fifteen minutes on two cores.
    public static let standard = BenchPlan(
        steps: BenchStep.allCases, repeats: 3, requests: 50_000, batches: [64, 128, 256, 512, 1_024, 2_000],
        requestsPerBatchSize: 10_000, lanes: [1, 2, 4], floorBatches: [512, 1_000, 2_048], rate: 200,
        latencySeconds: 20, rates: [50, 500, 1_000, 2_000], loadSeconds: 8, repliedCases: 10_000,
        waitingRequests: 100_000, memoryBacklog: 150_000, starts: 7)

    /// Shows that everything works; its figures mean nothing.
    public static let quick = BenchPlan(
        steps: BenchStep.allCases, repeats: 1, requests: 2_000, batches: [64, 512], requestsPerBatchSize: 1_000,
        lanes: [1, 2], floorBatches: [512], rate: 100, latencySeconds: 2, rates: [50], loadSeconds: 1,
        repliedCases: 500, waitingRequests: 2_000, memoryBacklog: 3_000, starts: 1)
}
