import Foundation
import Testing

@Suite("A crash at any point loses nothing and sends nothing under a second identity", .serialized)
struct CrashTests {
    /// 2,000 requests, of which every fifth is rejected, so that both outcomes are in flight; and what must come of them.
    private static let count = 2_000
    private static let requests = (0..<count).map { number in
        Requests.cancellation("rr-\(number)") { request in
            if number.isMultiple(of: 5) { request["order_number"] = nil }
        }
    }
    private static let identities: Set<String> = Set(
        (0..<count).flatMap { number in
            number.isMultiple(of: 5)
                ? ["rr-\(number)/rejected"]
                : ["rr-\(number)/revoke#1", "rr-\(number)/payout#1", "rr-\(number)/approved"]
        })
    /// Small batches, so that a crash falls between many commits, publications and acknowledgements.
    private static let smallBatches = ["REFUND_WORKER_WORKER_BATCH": "20"]

    /// Stops the worker in order and checks what is left: nothing unacknowledged, nothing dead, one case for each.
    private func finish(_ worker: WorkerProcess, _ broker: TestBroker, _ downstream: Downstream) throws {
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        try downstream.drain(broker)
        #expect(Set(downstream.bodies.keys) == CrashTests.identities)
        #expect(try broker.count(in: "refund.requests") == 0, "nothing was left unacknowledged")
        #expect(try broker.count(in: "refund.dead") == 0)
        let listed = try broker.run("cases", "list", "--limit", "100000", "--json")
        #expect(listed.output.split(separator: "\n").count == CrashTests.count, "each request has one case")
    }

    @Test("kill -9 again and again in the middle of 2,000 requests, then another worker")
    func killed() throws {
        let broker = try TestBroker()
        let downstream = Downstream()
        try broker.publish(CrashTests.requests)
        for round in 1...5 {
            let worker = try broker.startWorker(CrashTests.smallBatches)
            // Messages that come are the signal that it is in the middle of work.
            let goal = downstream.bodies.count + 400
            try downstream.gather(from: broker) { $0.bodies.count >= goal }
            worker.send(SIGKILL)
            #expect(worker.waitForEnd() == -SIGKILL, "round \(round)")
        }
        let last = try broker.startWorker(CrashTests.smallBatches)
        try downstream.gather(from: broker) { $0.bodies.count >= CrashTests.identities.count }
        try finish(last, broker, downstream)
    }

    @Test("the broker is killed and started again in the middle of 2,000 requests")
    func brokerKilled() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        try node.sync()
        let downstream = Downstream()
        try broker.publish(CrashTests.requests)
        let worker = try broker.startWorker(CrashTests.smallBatches)
        for _ in 1...2 {
            let goal = downstream.bodies.count + 600
            try downstream.gather(from: broker) { $0.bodies.count >= goal }
            try node.kill()
            try node.restart()
            try broker.reconnect()
        }
        try downstream.gather(from: broker) { $0.bodies.count >= CrashTests.identities.count }
        try finish(worker, broker, downstream)
    }
}
