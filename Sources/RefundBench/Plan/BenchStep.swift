/// One measurement, by the name that `--only` takes. They run in this order.
public enum BenchStep: String, Codable, Hashable, Sendable, CaseIterable {
    case decisions, start, sqlite, batches, postgresql, latency, load, replies, memory

    /// What is measured, in one line.
    public var title: String {
        switch self {
        case .decisions: "decisions alone, on one thread, without broker or store"
        case .start: "from the start of the process to its first decision"
        case .sqlite: "a backlog of requests with SQLite, beside a bare relay and the floor"
        case .batches: "the same with other sizes of batch"
        case .postgresql: "a backlog with PostgreSQL, by lanes, beside the floor"
        case .latency: "from request to payout command at a steady rate, beside a bare relay"
        case .load: "the same at other rates"
        case .replies: "replies with requests waiting, and with none"
        case .memory: "memory at a big backlog"
        }
    }
}
