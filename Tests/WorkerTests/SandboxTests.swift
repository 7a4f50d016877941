import AMQPClient
import Foundation
import Testing

@Suite("A worker and the sandbox", .serialized)
struct SandboxTests {
    @Test("with failures and silences every refund is paid once: what was paid by key is what was approved")
    func everyRefundOnce() throws {
        let broker = try TestBroker(
            policy: """
                name: hurried
                versions:
                  - effective_from: 2022-02-12
                    respond_within: 1h
                    refund_within: 2h
                    at_risk: {response: 1s, refund: 1s}
                    commands: {reply_within: 1s, backoff: {first: 100ms, factor: 1, cap: 1s, jitter: 0.2}, max_attempts: 50}
                """)
        let worker = try broker.startWorker()
        let sandbox = try WorkerProcess(
            ["sandbox", "--fail-rate", "0.2", "--silent-rate", "0.1", "--json"], environment: broker.environment)
        try sandbox.waitForLog("playing")
        let count = 300
        try broker.publish(
            (0..<count).map { number in
                Requests.cancellation("rr-\(number)") { request in
                    request["submitted_at"] = ISO8601DateFormatter().string(from: Date())
                    request["usage"] = ["included": 1_000, "remaining": number + 1]
                }
            })
        let notices = try broker.take(count * 2, from: "refund.notices")
        #expect(Set(notices.map(\.id)).count == count * 2, "each is told once")
        #expect(notices.filter { $0.properties.type == "notice.settled" }.count == count)
        sandbox.send(SIGTERM)
        #expect(sandbox.waitForEnd() == 0)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)

        let ledger = try #require(
            try JSONSerialization.jsonObject(with: Data(sandbox.output.utf8)) as? [String: Any])
        let paid = try #require((ledger["paid"] as? [[String: String]])?.first?["amount"])
        let cases = try broker.run("cases", "list", "--limit", "1000", "--json").output.split(separator: "\n")
        let approved = try cases.reduce(into: Decimal(0)) { sum, line in
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let refund = (row?["refund"] as? [String: String])?["amount"]
            sum += Decimal(string: refund ?? "") ?? 0
        }
        #expect(Decimal(string: paid) == approved)
        #expect(ledger["payouts"] as? Int == count)
        #expect(try broker.count(in: "refund.alerts") == 0)
        #expect(try broker.run("deadlines").output == "nothing is due\n")
    }
}
