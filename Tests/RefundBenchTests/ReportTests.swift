import Foundation
import Testing

@testable import RefundBench

@Suite("A bench's report")
struct ReportTests {
    @Test("what is written as JSON is read back the same, in one line")
    func roundTrip() throws {
        let report = SampleReport.report()
        let json = try report.json()
        #expect(!json.contains("\n"))
        #expect(json.contains("\"cpu_microseconds\":100"))
        #expect(try BenchReport(json: Data(json.utf8)) == report)
    }

    @Test("Markdown has every target and figure, and cells that keep to their columns")
    func markdown() {
        let report = SampleReport.report()
        let lines = report.markdown.split(separator: "\n")
        for row in report.targetRows { #expect(lines.contains { $0.contains(row.what) && $0.contains(row.figure) }) }
        let cells = lines.filter { $0.hasPrefix("|") }.map { $0.replacing("\\|", with: "").split(separator: "|").count }
        #expect(Set(cells).isSubset(of: [3, 4, 5, 7]))
        #expect(report.markdown.hasPrefix("2026-11-24, A processor | of sorts, 2 cores, 8 GB, Linux 6.1;"))
        #expect(report.markdown.contains("| SQLite, batches of 512 | worker | 6,000 |"))
    }

    @Test(
        "figures have their thousands apart",
        arguments: [
            (0.0, 0, "0"), (999, 0, "999"), (1_000, 0, "1,000"), (1_234_567.4, 0, "1,234,567"), (0.651, 2, "0.65"),
            (1_234.5, 1, "1,234.5"), (-5, 0, "-5"),
        ] as [(Double, Int, String)])
    func numbers(value: Double, decimals: Int, text: String) {
        #expect(FigureText.number(value, decimals: decimals) == text)
    }

    @Test("the processor's name is the first one told")
    func processor() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2.0GHz\nprocessor\t: 1\nmodel name\t: Other\n"
        #expect(Machine.processor(in: text) == "Some CPU @ 2.0GHz")
        #expect(Machine.processor(in: "") == nil)
    }
}
