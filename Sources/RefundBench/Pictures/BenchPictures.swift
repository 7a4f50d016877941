extension BenchReport {
    /// The pictures, by the names of their files; those without figures are left out.
    public var pictures: [(name: String, svg: String)] {
        let charts = [
            ("throughput-by-batch.svg", throughputByBatch), ("throughput-by-lanes.svg", throughputByLanes),
            ("latency-by-load.svg", latencyByLoad),
        ]
        return charts.filter { !$0.1.categories.isEmpty }.map { ($0.0, $0.1.svg) }
    }

    var throughputByBatch: Chart {
        let series = drains(.batches, .worker)
        return Chart(
            title: "SQLite: requests a second by size of batch", xTitle: "worker.batch", yTitle: "requests a second",
            categories: series.map { "\($0.batch ?? 0)" },
            series: [Chart.Series(name: "worker", points: series.map(\.perSecond))])
    }

    var throughputByLanes: Chart {
        let series = drains(.postgresql, .worker)
        var lines = [Chart.Series(name: "worker", points: series.map(\.perSecond))]
        if let floor = drains(.postgresql, .floor).first?.perSecond {
            lines.append(Chart.Series(name: "floor (one connection)", points: series.map { _ in floor }))
        }
        return Chart(
            title: "PostgreSQL: requests a second by lanes", xTitle: "worker.lanes", yTitle: "requests a second",
            categories: series.map { "\($0.lanes ?? 0)" }, series: lines)
    }

    var latencyByLoad: Chart {
        let rates = Set(latencies.map(\.rate)).sorted()
        func line(_ name: String, _ subject: Subject, _ figure: KeyPath<LatencyRun, Double>) -> Chart.Series {
            Chart.Series(
                name: name,
                points: rates.map { rate in
                    latencies.first { $0.subject == subject && $0.rate == rate }?.spread(figure)
                })
        }
        return Chart(
            title: "SQLite: from request to payout command", xTitle: "requests a second", yTitle: "milliseconds",
            categories: rates.map { FigureText.number(Double($0)) },
            series: [
                line("worker, p50", .worker, \.p50), line("worker, p99", .worker, \.p99),
                line("bare relay, p50", .relay, \.p50), line("bare relay, p99", .relay, \.p99),
            ], scale: .logarithmic)
    }
}
