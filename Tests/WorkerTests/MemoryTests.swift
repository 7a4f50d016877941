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

    /// What a pod has is 256 MB.
    private static let limit = 200_000

    /// Cases whose requests have nearly the 64 KiB that a body may have.
    private static let largeCases = 1_500
    private static let padding = String(repeating: "p", count: 62_000)

    @Test("is under 200 MB at the worst that a broker can deliver", arguments: Store.allCases)
    func peak(store: Store) throws {
        let broker = try TestBroker(postgres: store.url)
        #expect(try broker.run("payouts", "pause", "--by", "ann", "--note", "a test").status == 0)
        try fill(broker)
        let worker = try broker.startWorker()
        // As many as may be on their way at a time.
        for _ in 0..<17 { _ = try broker.take(100, from: "refund.notices", seconds: 600) }
        try #require(worker.peakMemory != nil)
        #expect(
            worker.peakMemory ?? .max < MemoryTests.limit, "requests, headers, bodies that are refused, parked ones")

        // The outbox is read back from the store.
        let pause = try broker.run("payouts", "status", "--json").output
        #expect(pause.contains("ann"))
        #expect(try broker.run("payouts", "resume", "--by", "ann", "--note", "go on").status == 0)
        for _ in 0..<17 { _ = try broker.take(100, from: "payout.issue", seconds: 600) }
        #expect(worker.peakMemory ?? .max < MemoryTests.limit, "an outbox of large payouts")

        // Replies are small, and their cases are not.
        for command in ["revoke", "payout"] {
            let replies = (0..<MemoryTests.largeCases).map { Requests.success(of: "large-\($0)/\(command)") }
            try broker.publish(replies, as: "command.succeeded")
        }
        for _ in 0..<15 { _ = try broker.take(100, from: "refund.notices", seconds: 600) }
        let peak = try #require(worker.peakMemory)
        #expect(peak < MemoryTests.limit, "replies about large cases")
        print("peak memory over \(store.rawValue): \(peak) kB")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// Puts all of it into the queue before anybody reads.
    private func fill(_ broker: TestBroker) throws {
        let large = (0..<MemoryTests.largeCases).map { number in
            Requests.cancellation("large-\(number)") { $0["customer"] = ["id": "c", "note": MemoryTests.padding] }
        }
        try broker.publish(large)
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
