extension BenchReport {
    /// The tables as Markdown, for the README: made, never typed.
    public var markdown: String {
        let targets = ReportTable(
            title: "", columns: ["what", "target", "measured", ""],
            rows: targetRows.map { [$0.what, $0.target, $0.figure, $0.verdict.rawValue] })
        let quick = isQuick ? "\n\nThis was a quick run: the figures mean nothing." : ""
        let details = detailTables.map { "\($0.title):\n\n\(BenchReport.markdown($0))" }
        return (["\(surroundings)\(quick)", BenchReport.markdown(targets)] + details).joined(separator: "\n\n") + "\n"
    }

    private static func markdown(_ table: ReportTable) -> String {
        let rule = table.columns.map { _ in "---" }
        return ([table.columns, rule] + table.rows).map { row in
            "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }
}
