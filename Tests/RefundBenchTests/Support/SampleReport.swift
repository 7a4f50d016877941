@testable import RefundBench

/// A report with figures that are easily reckoned.
enum SampleReport {
    static func report() -> BenchReport {
        var report = BenchReport(
            date: "2026-11-24T12:00:00Z", isQuick: false,
            machine: Machine(
                processor: "A processor | of sorts", cores: 2, memory: 8_000_000_000, kernel: "Linux 6.1",
                loadBefore: 0.1, sync: SyncTime(median: 1_200, most: 9_000)),
            versions: Versions(worker: "1.2.3", broker: "RabbitMQ 3.10.8", postgresql: "15.18"), plan: .standard)
        report.drains = [
            drain(.sqlite, .worker, [9_000, 10_000, 11_000], cpu: 100),
            drain(.sqlite, .floor, [10_000, 10_000, 10_000], cpu: 50),
            drain(.sqlite, .relay, [20_000, 20_000, 20_000], cpu: 40),
            drain(.postgresql, .worker, [4_000], lanes: 1), drain(.postgresql, .worker, [5_000], lanes: 2),
            drain(.postgresql, .floor, [10_000]),
            drain(.batches, .worker, [3_000], batch: 64), drain(.batches, .worker, [6_000], batch: 512),
            drain(.replies, .worker, [10_000], waiting: 0), drain(.replies, .worker, [9_600], waiting: 100_000),
            drain(.memory, .worker, [8_000]),
        ]
        report.latencies = [
            LatencySeries(step: .latency, subject: .worker, rate: 200, runs: [latency(p50: 5, p99: 30)]),
            LatencySeries(step: .latency, subject: .relay, rate: 200, runs: [latency(p50: 2, p99: 4)]),
        ]
        report.decisions = [DecisionSeries(name: .decide, perSecond: [2_000_000])]
        report.starts = [0.2, 0.4, 0.3]
        return report
    }

    static func drain(
        _ step: BenchStep, _ subject: Subject, _ perSecond: [Double], cpu: Double? = nil, lanes: Int? = nil,
        batch: Int? = nil, waiting: Int? = nil
    ) -> DrainSeries {
        DrainSeries(
            step: step, subject: subject, lanes: lanes, batch: batch, waiting: waiting,
            runs: perSecond.map {
                DrainRun(
                    requests: 1_000, seconds: 1_000 / $0, cpuMicroseconds: cpu,
                    peakMemory: subject == .worker ? 70_000_000 : nil)
            })
    }

    static func latency(p50: Double, p99: Double) -> LatencyRun {
        LatencyRun(count: 100, p50: p50, p90: p50, p99: p99, p999: p99, max: p99)
    }
}
