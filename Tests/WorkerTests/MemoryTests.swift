import AMQPClient
import Foundation
import Testing

@Suite("A worker's memory", .serialized, .timeLimit(.minutes(30)))
struct MemoryTests {
    enum Store: String, CaseIterable, CustomTestStringConvertible {
        case sqlite, postgresql

        var testDescription: String { rawValue }

        var url: String? {
            get throws {
                guard self == .postgresql else { return nil }
                guard let url = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"] else {
                    throw Missing(what: "TEST_POSTGRES_URL (run the tests with deploy/test)")
                }
                return url
            }
        }
    }

    struct Load: CustomTestStringConvertible, Sendable {
        let store: Store
        let lanes: Int
        /// Cases whose requests have nearly the 64 KiB that a body may have, in hundreds.
        let largeCases: Int

        var testDescription: String { "\(store), lanes: \(lanes)" }
    }

    private static let loads = [
        Load(store: .sqlite, lanes: 1, largeCases: 30), Load(store: .postgresql, lanes: 1, largeCases: 30),
        Load(store: .postgresql, lanes: 4, largeCases: 12),
    ]

    /// What a pod has is 256 MB.
    private static let limit = 200_000

    private static let padding = String(repeating: "p", count: 62_000)

    @Test("is under 200 MB at the worst that a broker can deliver", arguments: loads)
    func peak(load: Load) throws {
        let broker = try TestBroker(postgres: load.store.url)
        #expect(try broker.run("payouts", "pause", "--by", "ann", "--note", "a test").status == 0)
        let large = (0..<load.largeCases * 100).map { "large-\($0)" }
        try fill(broker, large)
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_LANES": String(load.lanes)])
        // As many as may be on their way at a time; two hundred come with large headers.
        for _ in 0..<load.largeCases + 2 { _ = try broker.take(100, from: "refund.notices", seconds: 600) }
        try #require(worker.peakMemory != nil)
        #expect(
            worker.peakMemory ?? .max < MemoryTests.limit, "requests, headers, bodies that are refused, parked ones")

        // The outbox is read back from the store.
        let pause = try broker.run("payouts", "status", "--json").output
        #expect(pause.contains("ann"))
        #expect(try broker.run("payouts", "resume", "--by", "ann", "--note", "go on").status == 0)
        for _ in 0..<load.largeCases + 2 { _ = try broker.take(100, from: "payout.issue", seconds: 600) }
        #expect(worker.peakMemory ?? .max < MemoryTests.limit, "an outbox of large payouts")

        // Replies are small, and their cases are not.
        for command in ["revoke", "payout"] {
            try broker.publish(large.map { Requests.success(of: "\($0)/\(command)") }, as: "command.succeeded")
        }
        for _ in 0..<load.largeCases { _ = try broker.take(100, from: "refund.notices", seconds: 600) }
        let peak = try #require(worker.peakMemory)
        #expect(peak < MemoryTests.limit, "replies about large cases")
        print("peak memory, \(load.testDescription): \(peak) kB")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// Puts all of it into the queue before anybody reads.
    private func fill(_ broker: TestBroker, _ large: [String]) throws {
        // So many at a time as the test itself should hold.
        for start in stride(from: 0, to: large.count, by: 100) {
            let requests = large[start..<min(start + 100, large.count)].map { id in
                Requests.cancellation(id) { $0["customer"] = ["id": "c", "note": MemoryTests.padding] }
            }
            try broker.publish(requests)
        }
        try broker.publish((0..<60).map { [UInt8](repeating: UInt8($0), count: 1 << 20) })
        try broker.publish((0..<20).map { [UInt8](repeating: UInt8($0), count: 3 << 19) })
        let early = (0..<400).map { number in
            #"{"request_id":"never-\#(number)","submitted_at":"2022-02-22T09:30:00Z","note":"\#(MemoryTests.padding)"}"#
        }
        try broker.publish(early.map { Array($0.utf8) }, as: "refund.withdrawn")
        // Each of its headers takes four bytes on the wire, and many times that in memory.
        var properties = Properties()
        properties.headers = FieldTable((0..<14_000).map { _ in FieldTable.Entry(name: "h", value: .boolean(true)) })
        try broker.publish((0..<200).map { Requests.cancellation("headers-\($0)") }, properties: properties)
        try broker.publish(
            (0..<100).map { Array(#"{"request_id":"odd-\#($0)","submitted_at":"2022-02-22T09:30:00Z"}"#.utf8) },
            as: "refund.withdrawn", properties: properties)
    }
}
