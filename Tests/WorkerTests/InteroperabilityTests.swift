import Foundation
import Testing

@Suite("Clients in other languages", .serialized)
struct InteroperabilityTests {
    @Test("Python's pika publishes a bare JSON request with no properties, and its three messages come")
    func pika() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let script = """
            import pika, sys
            url, exchange, body = sys.argv[1:]
            connection = pika.BlockingConnection(pika.URLParameters(url))
            connection.channel().basic_publish(exchange, "refund.requested", body.encode())
            connection.close()
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c", script, broker.environment["REFUND_WORKER_AMQP_URL"] ?? "", broker.prefix + "refund.intake",
            String(decoding: Requests.cancellation("rr-pika"), as: UTF8.self),
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "python3-pika is missing; run deploy/setup")
        #expect(try broker.take(1, from: "access.revoke")[0].id == "rr-pika/revoke#1")
        #expect(try broker.take(1, from: "payout.issue")[0]["refund", "amount"] as? String == "7.00")
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-pika/approved")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
