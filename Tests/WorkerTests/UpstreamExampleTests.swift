import Foundation
import Testing

@Suite("Examples for other teams", .serialized)
struct UpstreamExampleTests {
    private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("deploy/examples")

    /// Runs an example against a corner of the broker.
    private func run(_ name: String, _ broker: TestBroker) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = WorkerProcess.launcher
        process.arguments = ["--default-signal", UpstreamExampleTests.examples.appendingPathComponent(name).path]
        process.environment = [
            "PATH": "/usr/bin:/bin", "AMQP_PREFIX": broker.prefix,
            "AMQP_URL": broker.environment["REFUND_WORKER_AMQP_URL"] ?? "",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("an upstream publishes a request and is shown its notice", arguments: ["upstream.py", "upstream.sh"])
    func upstream(_ name: String) throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let (status, output) = try run(name, broker)
        try #require(status == 0, "run deploy/setup if python3-pika or amqp-tools is missing")
        let lines = output.split(separator: "\n")
        try #require(lines.count == 2)
        #expect(lines[0].hasPrefix("confirmed: the broker has py-") || lines[0].hasPrefix("sent: sh-"))
        let notice = try #require(lines[1].firstIndex(of: "{").map { Data(lines[1][$0...].utf8) })
        let json = try #require(try JSONSerialization.jsonObject(with: notice) as? [String: Any])
        #expect(json["outcome"] as? String == "approved")
        #expect((json["refund"] as? [String: String])?["amount"] == "7.00")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("a request in review that is taken back is confirmed to the customer")
    func withdrawn() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        try broker.publish([Requests.cancellation("rr-1") { $0["dispute"] = "open" }])
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/in_review")
        let withdrawal = Array(#"{"request_id":"rr-1","submitted_at":"2022-02-22T10:00:00Z"}"#.utf8)
        try broker.publish([withdrawal], as: "refund.withdrawn")
        let notice = try broker.take(1, from: "refund.notices")[0]
        #expect(notice.id == "rr-1/withdrawn")
        #expect(notice["status"] as? String == "withdrawn")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
