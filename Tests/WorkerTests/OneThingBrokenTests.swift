import AMQPClient
import Foundation
import Testing

@Suite("One thing broken at the broker stops one thing", .serialized)
struct OneThingBrokenTests {
    /// The broker closes the channel over a message for an exchange that is not there. The same messages went out again in
    /// the same order on the next, for ever: one payout left 14 times, and 1,500 others never.
    @Test("without the exchange of dead letters one bad message stops nothing, and is there once the exchange is")
    func missingExchange() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        try broker.raw.deleteExchange(broker.prefix + "refund.dead")
        try broker.publish([Array("no JSON".utf8)])
        try worker.waitForLog("don't get out")
        try broker.publish((1...200).map { Requests.cancellation("rr-\($0)") })
        try broker.take(different: 200, from: "payout.issue")
        try broker.take(different: 200, from: "refund.notices")
        #expect(worker.log.contains("type=\"dead letters\"") && worker.log.contains("404"), "it says what and why")
        #expect(try broker.count(in: "refund.requests") == 0)

        #expect(try broker.run("topology", "declare").status == 0)
        let dead = try broker.take(1, from: "refund.dead")[0]
        #expect(dead.body == Array("no JSON".utf8))
        #expect(dead.header("refund-error-code") == "not_json")
        try worker.waitForLog("get out again")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("a right that lacks one type of notice keeps back that type, and nothing else")
    func missingRight() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        let exchange = broker.prefix + "refund.events"
        try node.control("set_topic_permissions", "guest", exchange, #"^(?!notice\.decided\z)"#, ".*")
        let worker = try broker.startWorker()
        try broker.publish((1...200).map { Requests.cancellation("rr-\($0)") })
        try broker.take(different: 200, from: "payout.issue")
        try broker.take(different: 200, from: "access.revoke")
        try worker.waitForLog("type=notice.decided")
        #expect(try broker.count(in: "refund.notices") == 0)
        #expect(try broker.count(in: "refund.requests") == 0)

        try node.control("clear_topic_permissions", "guest", exchange)
        try broker.take(different: 200, from: "refund.notices")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// What waited for its dead letter kept its place among those that the broker delivers ahead, until there was none.
    @Test("a full queue of dead letters stops no request: they wait in the store, over a restart, and none is lost")
    func fullDeadLetters() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        let queue = NSRegularExpression.escapedPattern(for: broker.prefix + "refund.dead")
        let full = #"{"max-length":1,"overflow":"reject-publish"}"#
        try node.control("set_policy", "full", "^\(queue)$", full, "--apply-to", "queues")
        let settings = ["REFUND_WORKER_WORKER_BATCH": "4"]
        let worker = try broker.startWorker(settings)
        let bad = (1...60).map { Array("bad \($0)".utf8) }
        try broker.publish(bad)
        try broker.publish([Requests.cancellation("rr-1")])
        #expect(try broker.take(1, from: "payout.issue").map(\.id) == ["rr-1/payout#1"])
        try worker.waitForLog("basic.nack")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        let listed = try broker.run("cases", "parked")
        #expect(listed.output.contains("to refund.dead"))

        let next = try broker.startWorker(settings)
        try broker.publish([Requests.cancellation("rr-2")])
        #expect(try broker.take(1, from: "payout.issue").map(\.id) == ["rr-2/payout#1"])
        try node.control("clear_policy", "full")
        var bodies: Set<[UInt8]> = []
        while bodies.count < bad.count { bodies.formUnion(try broker.take(1, from: "refund.dead").map(\.body)) }
        #expect(bodies == Set(bad))
        next.send(SIGTERM)
        #expect(next.waitForEnd() == 0)
    }

    /// The broker refuses what it has no leader for.
    @Test("a queue of notices that has lost its node stops no payout, and is told of")
    func lostNotices() throws {
        let first = try PrivateNode()
        // All other queues are on the first node alone.
        let broker = try TestBroker(url: first.url)
        let second = try PrivateNode(joining: first)
        try broker.moveNotices(to: second)
        for node in [first, second] { try node.sync() }
        let worker = try broker.startWorker()
        try second.kill()
        try broker.publish((1...1_500).map { Requests.cancellation("rr-\($0)") })
        try broker.take(different: 1_500, from: "payout.issue")
        try worker.waitForLog("don't get out")
        #expect(worker.log.contains("type=notice.decided"))
        try broker.publish((1_501...1_600).map { Requests.cancellation("rr-\($0)") })
        try broker.take(different: 100, from: "payout.issue")

        try second.restart()
        try broker.take(different: 1_600, from: "refund.notices")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// A quorum queue that can't reach its majority keeps the whole channel waiting with its first message, until the
    /// connection ends without a word: on the next the same happened again, and one payout left in ten seconds.
    @Test("a queue of notices that has lost its majority stops no payout, and all notices come once it has one")
    func silentNotices() throws {
        let first = try PrivateNode()
        // All other queues are on the first node alone.
        let broker = try TestBroker(url: first.url)
        let second = try PrivateNode(joining: first)
        _ = try broker.raw.deleteQueue(broker.prefix + "refund.notices")
        #expect(try broker.run("topology", "declare").status == 0)
        for node in [first, second] { try node.sync() }
        let worker = try broker.startWorker()
        try second.kill()
        try broker.publish((1...300).map { Requests.cancellation("rr-\($0)") })
        try broker.take(different: 300, from: "payout.issue")
        try worker.waitForLog("says nothing about it")
        #expect(try broker.count(in: "refund.requests") == 0)
        try second.restart()
        try broker.take(different: 300, from: "refund.notices")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// The lane's thread stood at that queue for half a minute at a time, and sent no heartbeats by its other connections.
    @Test("a queue of requests that has lost its majority keeps no reply waiting, and costs no other connection")
    func silentRequests() throws {
        let first = try PrivateNode()
        // All other queues are on the first node alone.
        let broker = try TestBroker(url: first.url)
        let before = try broker.startWorker()
        try broker.publish((1...20).map { Requests.cancellation("rr-\($0)") })
        try broker.take(different: 20, from: "access.revoke")
        before.send(SIGTERM)
        #expect(before.waitForEnd() == 0)
        let second = try PrivateNode(joining: first)
        _ = try broker.raw.deleteQueue(broker.prefix + "refund.requests")
        #expect(try broker.run("topology", "declare").status == 0)
        for node in [first, second] { try node.sync() }
        try second.kill()

        let worker = try broker.startWorker(["REFUND_WORKER_AMQP_HEARTBEAT": "1s"], consuming: ["refund.replies"])
        for command in ["revoke", "payout"] {
            let replies = (1...20).map { Requests.success(of: "rr-\($0)/\(command)") }
            try broker.publish(replies, as: "command.succeeded")
        }
        try broker.take(different: 20, from: "refund.notices", where: { $0.properties.type == "notice.settled" })
        try worker.waitForLog("did not answer in time")
        #expect(!worker.log.contains("replies: ") && !worker.log.contains("publisher: "), "\(worker.log)")

        try second.restart()
        try broker.reconnect()
        try broker.publish([Requests.cancellation("rr-21")])
        try broker.take(different: 21, from: "payout.issue")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.replies") == 0)
    }
}

extension TestBroker {
    /// Takes messages off a queue until so many different ones have come: a channel that was closed leaves copies.
    fileprivate func take(
        different count: Int, from queue: String, where isMeant: (Message) -> Bool = { _ in true }
    ) throws {
        var ids: Set<String> = []
        while ids.count < count {
            ids.formUnion(try take(min(50, count - ids.count), from: queue).filter(isMeant).map(\.id))
        }
    }

    /// Makes the queue of notices anew, on that node alone.
    fileprivate func moveNotices(to node: PrivateNode) throws {
        let queue = prefix + "refund.notices"
        guard let endpoint = try Endpoint.list(from: node.url).first else { throw Missing(what: "an endpoint") }
        let there = try Connection.open(endpoint, options: ConnectionOptions(), epoch: Epoch(1))
        defer { there.close() }
        _ = try there.deleteQueue(queue)
        var arguments = FieldTable()
        arguments["x-queue-type"] = .text("quorum")
        arguments["x-quorum-initial-group-size"] = .int32(1)
        try there.declareQueue(queue, arguments: arguments)
        try there.bind(queue: queue, to: prefix + "refund.events", routingKey: "notice.*")
    }
}
