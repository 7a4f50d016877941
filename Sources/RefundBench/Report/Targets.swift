/// Whether a figure is as it should be.
public enum Verdict: String, Codable, Hashable, Sendable {
    case met, missed
    case notMeasured = "not measured"

    init(_ isMet: Bool?) {
        self = isMet.map { $0 ? .met : .missed } ?? .notMeasured
    }
}

/// What is aimed at, and what was measured of it.
public struct TargetRow: Hashable, Sendable {
    public let what: String
    public let target: String
    public let figure: String
    public let verdict: Verdict
}

extension BenchReport {
    /// The targets with what was measured beside each, in their order.
    public var targetRows: [TargetRow] {
        [sqlite, postgresql, processorTime] + latencyRows + [replies, memory, decisionsAlone, start]
    }

    private var sqlite: TargetRow {
        throughput(
            "SQLite, backlog of \(FigureText.number(Double(plan.requests)))", of: drains(.sqlite, .worker).first,
            floor: drains(.sqlite, .floor).first, relay: drains(.sqlite, .relay).first)
    }

    private var postgresql: TargetRow {
        let best = drains(.postgresql, .worker).max {
            ($0.perSecond?.median ?? 0) < ($1.perSecond?.median ?? 0)
        }
        let lanes = best?.lanes.map { ", best with \($0) \($0 == 1 ? "lane" : "lanes")" } ?? ""
        return throughput("PostgreSQL\(lanes)", of: best, floor: drains(.postgresql, .floor).first, relay: nil)
    }

    private func throughput(
        _ what: String, of worker: DrainSeries?, floor: DrainSeries?, relay: DrainSeries?
    ) -> TargetRow {
        func figures(_ series: DrainSeries?) -> [Double] { series?.runs.map(\.perSecond) ?? [] }
        let toFloor = Spread.ratio(figures(worker), to: figures(floor))
        let toRelay = Spread.ratio(figures(worker), to: figures(relay))
        let parts = [
            worker?.perSecond.map { "\(FigureText.spread($0)) requests/s" },
            toFloor.map { "\(FigureText.spread($0, decimals: 2)) × the floor" },
            toRelay.map { "\(FigureText.spread($0, decimals: 2)) × the bare relay" },
        ]
        return TargetRow(
            what: what, target: "≥ 0.9 × the floor", figure: TargetRow.joined(parts),
            verdict: Verdict(toFloor.map { $0.median >= 0.9 }))
    }

    private var processorTime: TargetRow {
        let worker = drains(.sqlite, .worker).first
        let floor = drains(.sqlite, .floor).first
        let ratio = Spread.ratio(
            worker?.runs.compactMap(\.cpuMicroseconds) ?? [], to: floor?.runs.compactMap(\.cpuMicroseconds) ?? [])
        let relay = drains(.sqlite, .relay).first?.cpuMicroseconds
        let parts = [
            worker?.cpuMicroseconds.map { "\(FigureText.spread($0)) µs" },
            ratio.map { "\(FigureText.spread($0, decimals: 2)) × the floor's" },
            relay.map { "the bare relay \(FigureText.spread($0)) µs" },
        ]
        return TargetRow(
            what: "processor time of the client for each request (SQLite)", target: "≤ 2.5 × the floor's",
            figure: TargetRow.joined(parts), verdict: Verdict(ratio.map { $0.median <= 2.5 }))
    }

    private var latencyRows: [TargetRow] {
        let worker = latency(.latency, .worker).first
        let relay = latency(.latency, .relay).first
        func row(_ name: String, _ figure: KeyPath<LatencyRun, Double>, limit: Double) -> TargetRow {
            let spread = worker?.spread(figure)
            let parts = [
                spread.map { "\(FigureText.spread($0, decimals: 1)) ms" },
                relay?.spread(figure).map { "the bare relay \(FigureText.spread($0, decimals: 1)) ms" },
            ]
            return TargetRow(
                what: "request to payout command at \(plan.rate) a second, \(name)",
                target: "≤ \(FigureText.number(limit)) ms",
                figure: TargetRow.joined(parts), verdict: Verdict(spread.map { $0.median <= limit }))
        }
        return [row("p50", \.p50, limit: 6), row("p99", \.p99, limit: 25)]
    }

    private var replies: TargetRow {
        let series = drains(.replies, .worker)
        let alone = series.first { $0.waiting == 0 }
        let beside = series.first { $0.waiting != 0 }
        let ratio = Spread.ratio(beside?.runs.map(\.perSecond) ?? [], to: alone?.runs.map(\.perSecond) ?? [])
        let parts = [
            ratio.map { "\(FigureText.spread($0, decimals: 2)) ×" },
            beside?.perSecond.map { "\(FigureText.spread($0)) replies/s" },
            alone?.perSecond.map { "with none \(FigureText.spread($0))" },
        ]
        return TargetRow(
            what: "replies with \(FigureText.number(Double(plan.waitingRequests))) requests waiting",
            target: "≥ 0.95 × as fast as with none", figure: TargetRow.joined(parts),
            verdict: Verdict(ratio.map { $0.median >= 0.95 }))
    }

    private var memory: TargetRow {
        let peaks = drains.filter { $0.subject == .worker && [.memory, .sqlite, .replies].contains($0.step) }
            .flatMap(\.runs).compactMap(\.peakMemory).map(Double.init)
        let most = peaks.max()
        return TargetRow(
            what: "memory at any backlog (SQLite, up to \(FigureText.number(Double(plan.memoryBacklog)))), at most",
            target: "≤ 120 MB", figure: most.map(FigureText.megabytes) ?? "",
            verdict: Verdict(most.map { $0 <= 120_000_000 }))
    }

    private var decisionsAlone: TargetRow {
        func spread(_ part: DecisionPart) -> Spread? {
            decisions.first { $0.name == part }.flatMap { Spread($0.perSecond) }
        }
        let decide = spread(.decide)
        let parts = [
            decide.map { "\(FigureText.spread($0)) a second" },
            spread(.decode).map { "reading its JSON \(FigureText.number($0.median))" },
            spread(.open).map { "case and messages \(FigureText.number($0.median))" },
        ]
        return TargetRow(
            what: "decisions alone, one thread", target: "≥ 1,000,000 a second", figure: TargetRow.joined(parts),
            verdict: Verdict(decide.map { $0.median >= 1_000_000 }))
    }

    private var start: TargetRow {
        let spread = Spread(starts)
        return TargetRow(
            what: "start of the process to its first decision", target: "≤ 0.5 s",
            figure: spread.map { "\(FigureText.spread($0, decimals: 2)) s" } ?? "",
            verdict: Verdict(spread.map { $0.median <= 0.5 }))
    }
}

extension TargetRow {
    fileprivate static func joined(_ parts: [String?]) -> String {
        parts.compactMap(\.self).joined(separator: "; ")
    }
}
