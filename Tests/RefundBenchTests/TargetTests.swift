import Testing

@testable import RefundBench

@Suite("The targets of a bench")
struct TargetTests {
    private func row(_ what: String, of report: BenchReport) throws -> TargetRow {
        try #require(report.targetRows.first { $0.what.hasPrefix(what) })
    }

    @Test(
        "each figure is held against its target",
        arguments: [
            ("SQLite, backlog", Verdict.met, "1.00 (0.90–1.10) × the floor"),
            ("PostgreSQL, best with 2 lanes", .missed, "0.50 × the floor"),
            ("processor time", .met, "2.00 × the floor's"),
            ("request to payout command at 200 a second, p50", .met, "5.0 ms; the bare relay 2.0 ms"),
            ("request to payout command at 200 a second, p99", .missed, "30.0 ms"),
            ("replies", .met, "0.96 ×"), ("memory", .met, "70 MB"), ("decisions", .met, "2,000,000 a second"),
            ("start", .met, "0.30 (0.20–0.40) s"),
        ])
    func verdicts(what: String, verdict: Verdict, figure: String) throws {
        let row = try row(what, of: SampleReport.report())
        #expect(row.verdict == verdict)
        #expect(row.figure.contains(figure), "\(row.figure)")
    }

    @Test("what was not measured is neither met nor missed")
    func nothingMeasured() {
        var report = SampleReport.report()
        report.drains = []
        report.latencies = []
        report.decisions = []
        report.starts = []
        #expect(report.targetRows.allSatisfy { $0.verdict == .notMeasured && $0.figure.isEmpty })
    }

    @Test("without a floor the figure stands beside the relay alone, and has no verdict")
    func withoutFloor() throws {
        var report = SampleReport.report()
        report.drains.removeAll { $0.subject == .floor }
        let row = try row("SQLite, backlog", of: report)
        #expect(row.verdict == .notMeasured)
        #expect(row.figure == "10,000 (9,000–11,000) requests/s; 0.50 (0.45–0.55) × the bare relay")
    }
}
