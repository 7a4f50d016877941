/// A table of a report: its title, its columns and its rows.
public struct ReportTable: Hashable, Sendable {
    public let title: String
    public let columns: [String]
    public let rows: [[String]]
}

extension BenchReport {
    /// Every figure, median and spread; empty tables are left out.
    public var detailTables: [ReportTable] {
        [drainTable, latencyTable, decisionTable].filter { !$0.rows.isEmpty }
    }

    /// Where and with what it was measured, in one sentence.
    public var surroundings: String {
        let cores = machine.cores == 1 ? "1 core" : "\(machine.cores) cores"
        var parts = [
            "\(machine.processor), \(cores), \(FigureText.number(Double(machine.memory) / 1e9)) GB, \(machine.kernel)",
            "fsync \(FigureText.number(machine.sync.median)) µs (at most \(FigureText.number(machine.sync.most)))",
            versions.broker,
        ]
        if let postgresql = versions.postgresql { parts.append("PostgreSQL \(postgresql)") }
        parts.append("refund-worker \(versions.worker)")
        return "\(date.prefix(10)), \(parts.joined(separator: "; "))."
    }

    private var drainTable: ReportTable {
        ReportTable(
            title: "Backlogs",
            columns: ["what", "by", "a second", "processor time each", "memory at most"],
            rows: drains.map { series in
                [
                    series.title, series.subject.title, series.perSecond.map { FigureText.spread($0) } ?? "",
                    series.cpuMicroseconds.map { "\(FigureText.spread($0)) µs" } ?? "",
                    series.peakMemory.map { FigureText.megabytes($0.most) } ?? "",
                ]
            })
    }

    private var latencyTable: ReportTable {
        func cell(_ series: LatencySeries, _ figure: KeyPath<LatencyRun, Double>) -> String {
            series.spread(figure).map { FigureText.spread($0, decimals: 1) } ?? ""
        }
        return ReportTable(
            title: "Request to payout command, in ms",
            columns: ["a second", "by", "p50", "p90", "p99", "p99.9", "at most"],
            rows: latencies.sorted { $0.rate < $1.rate }.map { series in
                [FigureText.number(Double(series.rate)), series.subject.title]
                    + [\LatencyRun.p50, \.p90, \.p99, \.p999, \.max].map { cell(series, $0) }
            })
    }

    private var decisionTable: ReportTable {
        ReportTable(
            title: "Decisions alone, one thread", columns: ["part", "what is in it", "a second"],
            rows: decisions.map { series in
                [series.name.rawValue, series.name.title, Spread(series.perSecond).map { FigureText.spread($0) } ?? ""]
            })
    }
}

extension DrainSeries {
    /// What was worked off, with what.
    var title: String {
        switch step {
        case .postgresql: lanes.map { "PostgreSQL, \($0) \($0 == 1 ? "lane" : "lanes")" } ?? "PostgreSQL\(bestBatch)"
        case .batches: "SQLite, batches of \(batch ?? 0)"
        case .replies: "replies, \(FigureText.number(Double(waiting ?? 0))) requests waiting"
        case .memory: "SQLite, a big backlog"
        default: "SQLite\(bestBatch)"
        }
    }

    private var bestBatch: String {
        let batches = Set(runs.compactMap(\.batch)).sorted()
        return batches.isEmpty ? "" : ", best in batches of \(batches.map(String.init).joined(separator: " or "))"
    }
}

extension Subject {
    var title: String {
        switch self {
        case .worker: "worker"
        case .relay: "bare relay"
        case .directRelay: "bare relay, default exchange"
        case .floor: "floor"
        }
    }
}
