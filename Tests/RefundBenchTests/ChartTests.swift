import Foundation
import Testing

@testable import RefundBench

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("A bench's pictures")
struct ChartTests {
    @Test(
        "a linear axis begins at zero and reaches over the highest figure",
        arguments: [0.003, 0.9, 1, 7.5, 99, 100, 6_120, 12_345_678])
    func linear(most: Double) throws {
        let ticks = Chart.linearTicks(upTo: most)
        #expect(ticks.first == 0)
        #expect(try #require(ticks.last) >= most)
        #expect((3...10).contains(ticks.count), "\(ticks)")
    }

    @Test(
        "a logarithmic axis encloses all figures",
        arguments: [(0.04, 0.05), (0.5, 90), (1, 1), (3, 2_500), (4, 4)] as [(Double, Double)])
    func logarithmic(least: Double, most: Double) throws {
        let ticks = Chart.logarithmicTicks(from: least, upTo: most)
        #expect(try #require(ticks.first) <= least)
        #expect(try #require(ticks.last) >= most)
        #expect(ticks == ticks.sorted() && ticks.count > 1, "\(ticks)")
    }

    @Test("each picture is well-formed, has no script, and names its axes and lines")
    func wellFormed() throws {
        let pictures = SampleReport.report().pictures
        #expect(
            pictures.map(\.name) == ["throughput-by-batch.svg", "throughput-by-lanes.svg", "latency-by-load.svg"])
        for (name, svg) in pictures {
            #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(name)")
            #expect(!svg.contains("<script") && !svg.contains("nan") && !svg.contains("inf"), "\(name)")
            #expect(svg.contains(">worker"), "\(name)")
            #expect(svg.contains("prefers-color-scheme: dark"), "\(name)")
        }
        #expect(pictures[0].svg.contains(">worker.batch<"))
        #expect(pictures[1].svg.contains(">floor (one connection)<"))
        #expect(pictures[2].svg.contains(">bare relay, p99<"))
    }

    @Test("higher figures stand higher, by measure")
    func heights() throws {
        let chart = Chart(
            title: "a < b & c", xTitle: "x", yTitle: "y", categories: ["1", "2"],
            series: [Chart.Series(name: "s", points: [Spread([0]), Spread([8])])])
        let points = try #require(chart.svg.firstMatch(of: /points="([^"]*)"/)).1.split(separator: " ")
        let heights = points.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
        // The axis goes from 0 at 330 to 8 at 52.
        #expect(heights == [330, 52])
        #expect(chart.svg.contains("a &lt; b &amp; c"))
    }

    @Test("a report without figures makes no pictures")
    func nothing() {
        var report = SampleReport.report()
        report.drains = []
        report.latencies = []
        #expect(report.pictures.isEmpty)
    }
}
