import Foundation
import Testing

@Suite("Commands on a live broker", .serialized, .enabled(if: Fixtures.brokerURL != nil))
struct BrokerCommandTests {
    private let prefix = "test-\(UUID().uuidString.prefix(8).lowercased())."

    private func run(_ arguments: [String], input: String = "") throws -> Executable.Outcome {
        try Executable.run(
            arguments, input: input,
            environment: [
                "REFUND_WORKER_AMQP_URL": try #require(Fixtures.brokerURL), "REFUND_WORKER_AMQP_PREFIX": prefix,
            ])
    }

    @Test("check says no, declare, check says yes; submit and peek see the same messages")
    func wholeWay() throws {
        defer { removeQueues() }
        let before = try run(["topology", "check", "--json"])
        #expect(before.status == 3)
        #expect(try before.objects().allSatisfy { $0["finding"] as? String == "missing" })
        #expect(try run(["submit", "-"], input: "{}").status == 1)
        #expect(try run(["topology", "declare"]).status == 0)
        #expect(try run(["topology", "check"]).status == 0)

        let lines = (1...5_000).map { #"{"request_id":"r-\#($0)"}"# }.joined(separator: "\n")
        let submitted = try run(["submit", "--json", "-"], input: lines)
        #expect(submitted.status == 0)
        #expect(try submitted.objects().last?["confirmed"] as? Int == 5_000)

        let peeked = try run(["queues", "peek", "refund.requests", "--force", "--limit", "2", "--json"])
        #expect(try peeked.objects().compactMap { $0["message_id"] as? String } == ["r-1", "r-2"])
        #expect(try run(["queues", "peek", "payout.issue"]).output.contains("0 messages waiting"))
        #expect(try run(["queues", "peek", "no.such.queue"]).status == 1)
    }

    @Test("a bad line makes it fail, and the good ones are there")
    func badLines() throws {
        defer { removeQueues() }
        #expect(try run(["topology", "declare", "--json"]).objects().first?["queues"] as? Int == 8)
        let outcome = try run(["submit", "-"], input: "{\"request_id\":\"r-1\"}\nnope\n")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("standard input:2: "))
        #expect(outcome.output.contains("confirmed 1 of 2 messages"))
        let json = try run(
            ["submit", "--json", "--type", "refund.withdrawn", "-"], input: "{\"request_id\":\"r-1\"}\nnope\n")
        #expect(try json.objects().first?["failed"] as? String == "standard input:2")
        let peeked = try run(["queues", "peek", "refund.requests", "--force", "--json"])
        #expect(
            try peeked.objects().compactMap { $0["type"] as? String } == ["refund.requested", "refund.withdrawn"])
    }

    /// Takes the test's objects off the broker, where there is a way to.
    private func removeQueues() {
        guard let control = ProcessInfo.processInfo.environment["TEST_RABBITMQCTL"] else { return }
        for queue in [
            "refund.requests", "refund.replies", "access.revoke", "payout.issue", "refund.notices", "refund.alerts",
            "refund.dead", "refund.unrouted",
        ] {
            let process = Process()
            process.executableURL = URL(filePath: control)
            process.arguments = ["-q", "delete_queue", prefix + queue]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try? process.run()
            process.waitUntilExit()
        }
    }
}
