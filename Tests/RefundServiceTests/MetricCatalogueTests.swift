import Foundation
import RefundMessages
import RefundPolicy
import Testing

@testable import RefundService

@Suite("The table of metrics")
struct MetricCatalogueTests {
    @Test("names are unique, and end as Prometheus wants them to")
    func names() {
        let all = MetricCatalogue.all
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all {
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
        }
    }

    @Test("the README has the table as it is")
    func readme() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        #expect(readme.contains(metricsReference()), "put this table into the README:\n\(metricsReference())")
    }

    @Test("every reason for a dead letter has its code in the list that is counted by")
    func codes() {
        let reasons: [DeadLetterReason] = [
            .notJSON(problem: "", offset: 0), .tooLarge(size: 1, limit: 0), .invalidField(path: "", problem: ""),
            .invalidAmount(path: "", problem: ""), .unknownCurrency(path: ""), .unsupportedVersion, .unknownType,
            .wrongSender, .submittedInFuture, .requestIDConflict, .unknownRequest, .notApplicable(status: ""),
            .archivedPayout(at: Instant(microsecondsSinceEpoch: 0)), .amountNeeded, .parkingFull,
            .unprocessable(problem: ""),
        ]
        #expect(reasons.map(\.code) == DeadLetterReason.codes)
    }
}
