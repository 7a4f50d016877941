import AMQPClient
import Foundation
import RefundService
import Testing

@Suite("What a worker counts and times", .serialized)
struct MetricsTests {
    @Test("a request is counted at each step, from its delivery to the confirmed answer")
    func steps() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        let submittedAt = Date().ISO8601Format()
        try broker.publish(
            ["rr-1", "rr-2", "rr-3"].map { id in
                Requests.cancellation(id) {
                    $0["submitted_at"] = submittedAt
                    if id == "rr-3" { $0["order_number"] = nil }
                }
            } + [Array("no JSON".utf8)])
        _ = try broker.take(3, from: "refund.notices")
        _ = try broker.take(1, from: "refund.dead")
        // 2 revocations, 2 payouts, 3 notices.
        let page = try observed.wait(for: "/metrics") { answer in
            Observed.metric("messaging_client_operation_duration_seconds_count\(publish)", in: answer.body) == 8
        }.body
        func value(_ sample: String) -> Double? { Observed.metric(sample, in: page) }
        let requests = "messaging_destination_name=\"\(broker.prefix)refund.requests\""
        let system = "messaging_system=\"rabbitmq\""
        #expect(
            value(
                "messaging_client_consumed_messages_total{\(requests),messaging_operation_name=\"receive\",\(system)}")
                == 4)
        #expect(
            value(
                "messaging_process_duration_seconds_count{\(requests),messaging_operation_name=\"process\",\(system)}")
                == 4)
        for (exchange, count) in [("refund.commands", 4.0), ("refund.events", 3), ("refund.dead", 1)] {
            let destination = "messaging_destination_name=\"\(broker.prefix)\(exchange)\""
            #expect(
                value(
                    "messaging_client_sent_messages_total{\(destination),messaging_operation_name=\"publish\",\(system)}"
                )
                    == count)
        }
        #expect(value("refund_worker_decisions_total{outcome=\"approved\"}") == 2)
        #expect(value("refund_worker_decisions_total{outcome=\"rejected\"}") == 1)
        #expect(value("refund_worker_decision_reasons_total{code=\"missing_order_number\"}") == 1)
        #expect(value("refund_worker_publications_total{result=\"confirmed\",type=\"payout.issue\"}") == 2)
        #expect(value("refund_worker_publications_total{result=\"confirmed\",type=\"dead_letter\"}") == 1)
        #expect(
            value("refund_worker_dead_letters_total{code=\"not_json\",queue=\"\(broker.prefix)refund.requests\"}") == 1)
        #expect(value("refund_worker_answer_seconds_count{since=\"submitted\"}") == 3)
        #expect(value("refund_worker_answer_seconds_count{since=\"received\"}") == 3)
        #expect(value("refund_worker_answer_seconds_bucket{le=\"3600\",since=\"submitted\"}") == 3)
        #expect(value("refund_worker_batch_messages_sum") == 4)
        #expect(value("refund_worker_wait_seconds_count") == 4)
        #expect(value("refund_worker_lane_state{lane=\"lane 1\",state=\"working\"}") == 1)
        #expect(value("refund_worker_lane_state{lane=\"lane 1\",state=\"paused\"}") == 0)
        for role in ["requests", "replies", "publisher"] {
            #expect(value("refund_worker_connections_total{event=\"opened\",role=\"\(role)\"}") == 1)
        }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    private var publish: String { "{messaging_operation_name=\"publish\",messaging_system=\"rabbitmq\"}" }

    @Test("a message that no queue takes is counted as returned, and grows old in the store")
    func returned() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        try broker.raw.unbind(
            queue: broker.prefix + "payout.issue", from: broker.prefix + "refund.commands", routingKey: "payout.issue")
        let submittedAt = Date().ISO8601Format()
        try broker.publish([Requests.cancellation("rr-1") { $0["submitted_at"] = submittedAt }])
        _ = try broker.take(1, from: "refund.notices")
        _ = try observed.wait(for: "/metrics") { answer in
            Observed.metric("refund_worker_oldest_unsent_seconds", in: answer.body) ?? 0 > 0
                && Observed.metric("refund_worker_unsent_messages", in: answer.body) == 1
                && Observed.metric(
                    "refund_worker_publications_total{result=\"returned\",type=\"payout.issue\"}", in: answer.body) ?? 0
                    > 0
        }
        #expect(try observed.metric("refund_worker_open_cases{status=\"approved\"}") == 1)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("every metric of the table is there from the start, and no other; alerts and dashboard name nothing else")
    func complete() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let answer = try Observed(worker).get("/metrics")
        #expect(answer.head.contains("text/plain; version=0.0.4; charset=utf-8"))
        let named = answer.body.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            .map { String($0.split(separator: " ")[2]) }
        #expect(Set(named) == Set(MetricCatalogue.all.map(\.name) + ["refund_worker_metrics_left_out"]))
        #expect(Observed.metric("refund_worker_metrics_left_out", in: answer.body) == 0)
        let page = broker.directory.appendingPathComponent("metrics.txt")
        try Data(answer.body.utf8).write(to: page)
        try Script.shell("promtool check metrics < '\(page.path)'")
        let queries = "Tests/Deployment/check_queries.py deploy/prometheus/alerts.yaml deploy/prometheus/dashboard.json"
        try Script.shell("/usr/bin/python3 -B \(queries) < '\(page.path)'")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
