import AMQPClient
import Foundation
import GRDB
import Testing

@Suite("A real Prometheus over a real worker raises each alert", .serialized)
struct AlertTests {
    /// Seconds for days: an answer is at risk after two seconds and missed after eight, and a command is given up after
    /// one.
    private static let policy = """
        name: impatient
        versions:
          - effective_from: 2022-02-12
            respond_within: 8s
            refund_within: 1d
            at_risk: {response: 6s, refund: 1h}
            commands: {reply_within: 1s, backoff: {first: 1s, factor: 1, cap: 1s, jitter: 0}, max_attempts: 1}
        """

    private func now() -> String { Date().ISO8601Format() }

    @Test("from no worker over deadlines, dead letters and lost queues to the broker's alarm")
    func broker() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(policy: AlertTests.policy, url: node.url)
        let port = try Observed.freePort()
        let prometheus = try PrivatePrometheus(scraping: port)
        try prometheus.wait(for: "RefundNoWorkerReady")
        let worker = try broker.startWorker(["REFUND_WORKER_HTTP_PORT": "\(port)"])
        try prometheus.wait(for: "RefundNoWorkerReady", isFiring: false)
        try prometheus.waitForSample("refund_worker_store_observed_timestamp_seconds > 0")

        try broker.publish([Array("no JSON".utf8)])
        try prometheus.wait(for: "RefundDeadLetters")

        let submittedAt = now()
        try broker.publish([
            Requests.cancellation("rr-review") {
                $0["dispute"] = "open"
                $0["submitted_at"] = submittedAt
            },
            Requests.cancellation("rr-stuck") { $0["submitted_at"] = submittedAt },
        ])
        try prometheus.wait(for: "RefundDeadlineAtRisk")
        try prometheus.wait(for: "RefundCaseNeedsAttention")
        try prometheus.wait(for: "RefundDeadlineMissed")

        try broker.publish(
            (0..<12).map { number in
                let text = #"{"action_id":"act-\#(number)","request_id":"rr-never-\#(number)","by":"someone"}"#
                return Array(text.utf8)
            }, as: "refund.retried")
        try prometheus.wait(for: "RefundParkedGrowing")

        #expect(try broker.run("payouts", "pause", "--note", "tried out").status == 0)
        try prometheus.wait(for: "RefundPayoutsPaused")
        #expect(try broker.run("payouts", "status").status == 3)
        #expect(try broker.run("payouts", "resume", "--note", "it works").status == 0)
        try prometheus.wait(for: "RefundPayoutsPaused", isFiring: false)

        try broker.raw.unbind(
            queue: broker.prefix + "payout.issue", from: broker.prefix + "refund.commands", routingKey: "payout.issue")
        try broker.publish([Requests.cancellation("rr-unroutable") { $0["submitted_at"] = now() }])
        try prometheus.wait(for: "RefundMessagesReturned")
        try prometheus.wait(for: "RefundMessagesUnsent")

        _ = try broker.raw.deleteQueue(broker.prefix + "refund.requests")
        try prometheus.wait(for: "RefundLanePaused")
        try prometheus.wait(for: "RefundNoWorkerReady")
        #expect(try broker.run("topology", "declare").status == 0)
        try prometheus.wait(for: "RefundNoWorkerReady", isFiring: false)
        try prometheus.wait(for: "RefundMessagesUnsent", isFiring: false)

        // The broker tells of its alarm whoever publishes: the worker does, for what has come before.
        worker.send(SIGSTOP)
        try broker.publish([Requests.cancellation("rr-blocked") { $0["submitted_at"] = now() }])
        try node.control("set_vm_memory_high_watermark", "0.0001")
        worker.send(SIGCONT)
        try prometheus.wait(for: "RefundBrokerAlarm")
        try node.control("set_vm_memory_high_watermark", "0.9")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        try prometheus.wait(for: "RefundNoWorkerReady")
    }

    @Test("a database server that is away")
    func store() throws {
        let server = try PrivatePostgres()
        let broker = try TestBroker(postgres: server.url)
        let port = try Observed.freePort()
        let prometheus = try PrivatePrometheus(scraping: port)
        let worker = try broker.startWorker(["REFUND_WORKER_HTTP_PORT": "\(port)"])
        try prometheus.waitForSample("refund_worker_store_failures_total{kind=\"unavailable\"} == 0")
        let observed = Observed(port: port)
        try server.kill()
        try prometheus.wait(for: "RefundStoreTrouble")
        #expect(try observed.get("/readyz").body.contains("store unreachable: "))
        try server.restart()
        _ = try observed.wait(for: "/readyz") { $0.status == 200 }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
