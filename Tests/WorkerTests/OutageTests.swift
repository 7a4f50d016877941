import AMQPClient
import Foundation
import Testing

@Suite("What is away comes back, and nothing was lost meanwhile", .serialized)
struct OutageTests {
    /// RabbitMQ takes deliveries back by force each half an hour, and counts each time: in a night's outage that made them
    /// dead letters.
    @Test("in a long outage of the store the broker gets back what was taken, and the worker goes on by itself")
    func longOutage() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_GIVE_BACK": "1s"])
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "refund.notices")

        try broker.holdingStore {
            try broker.publish((2...50).map { Requests.cancellation("rr-\($0)") })
            try worker.waitForLog("and keeps it")
            // The broker notices the end of the connection a moment later.
            var waiting = 0
            for _ in 0..<5_000 where waiting < 49 { waiting = try broker.count(in: "refund.requests") }
            #expect(waiting >= 49, "all of it is with the broker")
        }
        #expect(try broker.take(49, from: "refund.notices").count == 49)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("in a long alarm of the broker, in which nothing can be sent, what is committed waits for its end")
    func longAlarm() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        try broker.publish((1...50).map { Requests.cancellation("rr-\($0)") })
        try node.control("set_vm_memory_high_watermark", "0.0001")
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_GIVE_BACK": "1s"])
        try worker.waitForLog("takes no messages")
        try worker.waitForLog("and keeps it")
        try node.control("set_vm_memory_high_watermark", "0.9")
        let ids = try broker.take(50, from: "refund.notices").map(\.id)
        #expect(Set(ids).count == 50)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("a store that is locked for a while pauses the lane and burns nothing")
    func lockedStore() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "refund.notices")

        try broker.holdingStore {
            try broker.publish((2...50).map { Requests.cancellation("rr-\($0)") })
            try worker.waitForLog("busy")
        }
        #expect(try broker.take(49, from: "refund.notices").count == 49)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("an output that can be routed nowhere is kept and sent once it can be, and holds up nothing else")
    func unroutable() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let exchange = broker.prefix + "refund.commands"
        try broker.raw.unbind(queue: broker.prefix + "payout.issue", from: exchange, routingKey: "payout.issue")
        try broker.publish([Requests.cancellation("rr-1")])
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/approved")
        #expect(try broker.take(1, from: "access.revoke")[0].id == "rr-1/revoke#1")
        try worker.waitForLog("routed nowhere")
        #expect(try broker.count(in: "payout.issue") == 0)
        try broker.raw.bind(queue: broker.prefix + "payout.issue", to: exchange, routingKey: "payout.issue")
        #expect(try broker.take(1, from: "payout.issue")[0].id == "rr-1/payout#1")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
    }

    @Test("a queue that is deleted under the worker and declared again is consumed again")
    func deletedQueue() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        _ = try broker.raw.deleteQueue(broker.prefix + "refund.requests")
        try worker.waitForLog("topology check")
        #expect(try broker.run("topology", "check").status == 3)
        #expect(try broker.run("topology", "declare").status == 0)
        try broker.publish([Requests.cancellation("rr-1")])
        #expect(try broker.take(1, from: "refund.notices").count == 1)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("connections that are cut in the middle of frames, or garbled, are made again")
    func brokenConnections() throws {
        let broker = try TestBroker()
        let proxy = try FaultyProxy(to: broker.environment["REFUND_WORKER_AMQP_URL"] ?? "")
        let worker = try broker.startWorker(["REFUND_WORKER_AMQP_URL": proxy.url, "REFUND_WORKER_WORKER_BATCH": "20"])
        let downstream = Downstream()
        try broker.publish((0..<600).map { Requests.cancellation("rr-\($0)") })
        for fault in [FaultyProxy.Fault.cut, .garble, .cut, .garble] {
            let goal = downstream.bodies.count + 200
            try downstream.gather(from: broker) { $0.bodies.count >= goal }
            proxy.inject(fault)
        }
        try downstream.gather(from: broker) { $0.bodies.count >= 1_800 }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("SIGTERM with a backlog: what was begun is finished, the rest waits for the next worker untouched")
    func drain() throws {
        let broker = try TestBroker()
        try broker.publish((0..<3_000).map { Requests.cancellation("rr-\($0)") })
        let downstream = Downstream()
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_BATCH": "50"])
        try downstream.gather(from: broker) { $0.bodies.count >= 100 }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let left = try broker.count(in: "refund.requests")
        let next = try broker.startWorker()
        try downstream.gather(from: broker) { $0.bodies.count >= 9_000 }
        next.send(SIGTERM)
        #expect(next.waitForEnd() == 0)
        try downstream.drain(broker)
        #expect(downstream.bodies.count == 9_000)
        #expect(downstream.copies.values.allSatisfy { $0 == 1 }, "a drained worker leaves nothing half done")
        #expect(left < 3_000)
    }
}
