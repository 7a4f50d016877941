import RefundBench

/// A bench's report for people: the targets, then every figure.
struct BenchText {
    private let report: BenchReport

    init(_ report: BenchReport) {
        self.report = report
    }

    var lines: [String] {
        var lines = [report.surroundings]
        if report.isQuick { lines.append("A quick run: these figures mean nothing.") }
        var targets = TextTable("what", "target", "measured", "")
        for row in report.targetRows { targets.row(row.what, row.target, row.figure, row.verdict.rawValue) }
        lines += [""] + targets.lines
        for table in report.detailTables {
            lines += ["", table.title] + TextTable(table.columns, rows: table.rows, indent: 2).lines
        }
        for omission in report.omissions { lines += ["", "left out: \(omission)"] }
        return lines
    }
}
