import AMQPClient
import Foundation
import Testing

@Suite("A worker's log, for machines", .serialized)
struct LogTests {
    private func parsed(_ worker: WorkerProcess) throws -> [[String: Any]] {
        try worker.log.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "no JSON object: \(line)")
        }
    }

    @Test("a line names worker, lane, request and trace, and a storm is cut short and counted")
    func lines() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker([
            "REFUND_WORKER_LOG_FORMAT": "json", "REFUND_WORKER_WORKER_NAME": "w-1",
        ])
        var properties = Properties()
        properties.headers = ["traceparent": .text("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
        try broker.publish(
            [Array(#"{"action_id":"a-1","request_id":"rr-never","by":"someone"}"#.utf8)], as: "refund.retried",
            properties: properties)
        try broker.publish((0..<100).map { _ in Array("no JSON".utf8) }, properties: properties)
        _ = try broker.take(100, from: "refund.dead")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let lines = try parsed(worker)
        func details(_ line: [String: Any]) -> [String: String] { line["details"] as? [String: String] ?? [:] }
        func all(_ message: String) -> [[String: Any]] { lines.filter { $0["message"] as? String == message } }
        #expect(lines.allSatisfy { $0["worker"] as? String == "w-1" })
        let parked = try #require(all("parked").first)
        #expect(parked["logger"] as? String == "lane 1")
        #expect(details(parked)["request_id"] == "rr-never")
        #expect(details(parked)["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(all("dead letter").count == 30)
        #expect(details(try #require(all("dead letter").first))["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        let omissions = lines.filter { details($0)["like"] == "dead letter" }
        #expect(omissions.compactMap { details($0)["count"].flatMap(Int.init) }.reduce(0, +) == 70)
    }
}
