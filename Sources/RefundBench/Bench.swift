import RefundPolicy
internal import RefundService

/// The whole of the measurements, one after the other.
///
/// Everything is made under a prefix, a schema and a folder of its own, and taken away at the end, also after SIGINT and
/// SIGTERM, which it heeds from `run` on.
public struct Bench {
    private let terms: BenchTerms
    private let onProgress: (String) -> Void

    /// - Parameter onProgress: is told what is being measured, often.
    public init(_ terms: BenchTerms, onProgress: @escaping (String) -> Void) {
        self.terms = terms
        self.onProgress = onProgress
    }

    /// Measures what the plan says. Must be called on a thread with 16 MiB of stack (`onBrokerThread`).
    ///
    /// - Throws: `BenchError`, `BrokerUnreachable`, `TopologyError`, `AMQPError`; everything is cleaned up then as well.
    public func run() throws -> BenchReport {
        Interruption.heedSignals()
        let ground = try BenchGround(terms, onProgress: onProgress)
        defer { ground.remove() }
        var report = BenchReport(
            date: SystemClock.now().description, isQuick: terms.isQuick,
            machine: try Machine.look(folder: ground.folder.url),
            versions: Versions(
                worker: terms.version, broker: ground.broker.version, postgresql: ground.database?.version),
            plan: terms.plan)
        if ground.floor == nil { report.omissions.append("the floor: no --floor was given") }
        for step in BenchStep.allCases where terms.plan.steps.contains(step) {
            try measure(step, on: ground, into: &report)
        }
        return report
    }

    private func measure(_ step: BenchStep, on ground: BenchGround, into report: inout BenchReport) throws {
        let plan = terms.plan
        switch step {
        case .decisions:
            report.decisions = try DecisionsAlone(
                repeats: plan.repeats, time: .milliseconds(terms.isQuick ? 50 : 1_000), onProgress: onProgress,
                check: { try ground.broker.pause(.zero) }
            ).run()
        case .start: report.starts = try StartToFirstDecision(ground: ground).run()
        case .sqlite: report.drains += try SQLiteBacklog(ground: ground).run()
        case .batches: report.drains += try BatchSizes(ground: ground).run()
        case .postgresql:
            guard let database = ground.database else {
                report.omissions.append("postgresql: no --postgresql-url was given")
                return
            }
            report.drains += try PostgreSQLBacklog(ground: ground, database: database).run()
        case .latency:
            report.latencies += try LatencyAtRates(
                ground: ground, step: .latency, rates: [plan.rate], seconds: plan.latencySeconds
            ).run()
        case .load:
            report.latencies += try LatencyAtRates(
                ground: ground, step: .load, rates: plan.rates, seconds: plan.loadSeconds
            ).run()
        case .replies: report.drains += try RepliesBesideRequests(ground: ground).run()
        case .memory: report.drains += try MemoryAtBacklog(ground: ground).run()
        }
    }
}
