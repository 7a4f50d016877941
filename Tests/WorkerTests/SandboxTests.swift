import AMQPClient
import Foundation
import Testing

@Suite("A worker and the sandbox", .serialized)
struct SandboxTests {
    private static let hurried = """
        name: hurried
        versions:
          - effective_from: 2022-02-12
            respond_within: 1h
            refund_within: 2h
            at_risk: {response: 1s, refund: 1s}
            commands: {reply_within: 1s, backoff: {first: 100ms, factor: 1, cap: 1s, jitter: 0.2}, max_attempts: 50}
        """

    /// Requests of that many different amounts, submitted now.
    private static func requests(_ count: Int) -> [[UInt8]] {
        (0..<count).map { number in
            Requests.cancellation("rr-\(number)") { request in
                request["submitted_at"] = ISO8601DateFormatter().string(from: Date())
                request["usage"] = ["included": 1_000, "remaining": number + 1]
            }
        }
    }

    private static func sandbox(_ broker: TestBroker) throws -> WorkerProcess {
        let sandbox = try WorkerProcess(
            ["sandbox", "--fail-rate", "0.2", "--silent-rate", "0.1", "--json"], environment: broker.environment)
        try sandbox.waitForLog("playing")
        return sandbox
    }

    /// Stops both in order, and checks that each of the cases is settled and was paid once.
    private static func finish(_ worker: WorkerProcess, _ sandbox: WorkerProcess, _ broker: TestBroker, count: Int)
        throws
    {
        sandbox.send(SIGTERM)
        #expect(sandbox.waitForEnd() == 0)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let ledger = try #require(
            try JSONSerialization.jsonObject(with: Data(sandbox.output.utf8)) as? [String: Any])
        let paid = try #require((ledger["paid"] as? [[String: String]])?.first?["amount"])
        let cases = try broker.run("cases", "list", "--limit", "1000", "--json").output.split(separator: "\n")
        #expect(cases.count == count)
        let approved = try cases.reduce(into: Decimal(0)) { sum, line in
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let refund = (row?["refund"] as? [String: String])?["amount"]
            sum += Decimal(string: refund ?? "") ?? 0
        }
        #expect(Decimal(string: paid) == approved)
        #expect(ledger["payouts"] as? Int == count)
        #expect(try broker.count(in: "refund.alerts") == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
        #expect(try broker.run("deadlines").output == "nothing is due\n")
    }

    @Test("with failures and silences every refund is paid once: what was paid by key is what was approved")
    func everyRefundOnce() throws {
        let broker = try TestBroker(policy: SandboxTests.hurried)
        let worker = try broker.startWorker()
        let sandbox = try SandboxTests.sandbox(broker)
        let count = 300
        try broker.publish(SandboxTests.requests(count))
        let notices = try broker.take(count * 2, from: "refund.notices")
        #expect(Set(notices.map(\.id)).count == count * 2, "each is told once")
        #expect(notices.filter { $0.properties.type == "notice.settled" }.count == count)
        try SandboxTests.finish(worker, sandbox, broker, count: count)
    }

    @Test("a forged command that lies in the queue is never answered, the genuine one behind it is")
    func forgedCommands() throws {
        let broker = try TestBroker()
        for type in ["access.revoke", "payout.issue"] {
            // Straight into the queue, as only an administrator may (contract § 2).
            try broker.publish(
                [SandboxTests.command(type, of: "rr-forged")], as: broker.prefix + type, to: "",
                properties: SandboxTests.properties(type))
            try broker.publish(
                [SandboxTests.command(type, of: "rr-1")], as: type, to: broker.prefix + "refund.commands",
                properties: SandboxTests.properties(type))
        }
        let sandbox = try WorkerProcess(["sandbox", "--json"], environment: broker.environment)
        let replies = try broker.take(2, from: "refund.replies")
        #expect(Set(replies.map { $0["command_id"] as? String }) == ["rr-1/revoke", "rr-1/payout"])
        sandbox.send(SIGTERM)
        #expect(sandbox.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.replies") == 0)
        let ledger = try #require(
            try JSONSerialization.jsonObject(with: Data(sandbox.output.utf8)) as? [String: Any])
        #expect(ledger["payouts"] as? Int == 1 && ledger["revocations"] as? Int == 1)
    }

    /// A command as a worker sends it, but for what only mail and ledgers read.
    private static func command(_ type: String, of request: String) -> [UInt8] {
        let id = request + (type == "payout.issue" ? "/payout" : "/revoke")
        let refund = type == "payout.issue" ? #","refund":{"amount":"50000.00","currency":"USD"}"# : ""
        return Array(
            #"{"command_id":"\#(id)","idempotency_key":"\#(id)#1","request_id":"\#(request)"\#(refund)}"#.utf8)
    }

    private static func properties(_ type: String) -> Properties {
        var properties = Properties()
        (properties.type, properties.contentType, properties.applicationID) = (
            type, "application/json", "refund-worker"
        )
        return properties
    }

    @Test("the same over a worker that is killed again and again, in the middle of replies, retries and re-sends")
    func everyRefundOnceOverCrashes() throws {
        let broker = try TestBroker(policy: SandboxTests.hurried)
        let sandbox = try SandboxTests.sandbox(broker)
        let count = 300
        try broker.publish(SandboxTests.requests(count))
        let smallBatches = ["REFUND_WORKER_WORKER_BATCH": "10"]
        var told: Set<String> = []
        var worker = try broker.startWorker(smallBatches)
        while told.count < count * 2 {
            let goal = min(count * 2, told.count + 100)
            // A notice may come twice over a crash, and is the same then.
            while told.count < goal { told.formUnion(try broker.take(1, from: "refund.notices").map(\.id)) }
            guard told.count < count * 2 else { break }
            worker.send(SIGKILL)
            worker.waitForEnd()
            worker = try broker.startWorker(smallBatches)
        }
        try SandboxTests.finish(worker, sandbox, broker, count: count)
    }

    @Test("replies are answered while requests wait: settlements do not come last")
    func repliesAmongRequests() throws {
        let broker = try TestBroker(policy: SandboxTests.hurried)
        let early = try broker.startWorker()
        let settled = 200
        try broker.publish((0..<settled).map { Requests.cancellation("early-\($0)") })
        _ = try broker.take(settled, from: "refund.notices")
        early.send(SIGTERM)
        #expect(early.waitForEnd() == 0)

        let backlog = 4_000
        try broker.publish((0..<backlog).map { Requests.cancellation("late-\($0)") })
        let replies = (0..<settled).flatMap { number in
            ["revoke", "payout"].map { command in
                let id = "early-\(number)/\(command)"
                let key = #""command_id":"\#(id)","idempotency_key":"\#(id)#1""#
                return Array("{\(key),\"occurred_at\":\"2022-02-22T10:00:00Z\"}".utf8)
            }
        }
        try broker.publish(replies, as: "command.succeeded")
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_BATCH": "100"])
        var types: [String] = []
        while types.filter({ $0 == "notice.settled" }).count < settled {
            types += try broker.take(10, from: "refund.notices").compactMap(\.properties.type)
        }
        let decided = types.filter { $0 == "notice.decided" }.count
        #expect(decided < backlog / 2, "\(decided) of \(backlog) requests were decided before the last settlement")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
