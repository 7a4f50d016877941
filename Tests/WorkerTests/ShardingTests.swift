import AMQPClient
import Foundation
import Testing

@Suite("Shards behind one exchange", .serialized)
struct ShardingTests {
    /// Three messages about each invoice line: two rivals and a duplicate.
    private static let lines = (0..<60).map { "INV-\($0)" }

    /// Two shards, each with its queues, its store and its worker.
    private struct Shards {
        let node: PrivateNode
        let shards: [TestBroker]
        let workers: [WorkerProcess]

        init() throws {
            let node = try PrivateNode(plugin: "rabbitmq_consistent_hash_exchange")
            shards = try (0..<2).map { _ in try TestBroker(url: node.url) }
            let file = shards[0].directory.appendingPathComponent("sharded.json")
            try Script.run("deploy/rabbitmq/sharded", shards.map(\.prefix), writing: file)
            try node.control("import_definitions", file.path)
            // rabbitmqctl takes so long on a busy machine that the broker may have missed heartbeats meanwhile.
            for shard in shards { try shard.reconnect() }
            workers = try shards.map { try $0.startWorker(["REFUND_WORKER_AMQP_SHARDED": "true"]) }
            self.node = node
        }

        /// The next message of whichever shard has one.
        func take(from queue: String) throws -> Message {
            let limit = ContinuousClock.now + .seconds(120)
            while ContinuousClock.now < limit {
                for shard in shards {
                    guard let (delivery, _) = try shard.raw.get(queue: shard.prefix + queue) else { continue }
                    try shard.raw.acknowledge(delivery.tag)
                    return try Message(delivery)
                }
            }
            throw Missing(what: "a message in \(queue) of any shard")
        }

        func publish(_ request: [UInt8], shardKey: String?) throws {
            var properties = Properties()
            if let shardKey { properties.headers = ["shard-key": .text(shardKey)] }
            try shards[0].publish([request], to: "refund.sharded", properties: properties)
        }

        /// What each shard's worker has sent once it has worked through what is there, and stopped.
        func outcome() throws -> [Downstream] {
            let outcomes = try shards.map { shard in
                // It has been silent for a while, and may have been given up by a broker that is short of time.
                try shard.reconnect()
                // Each shard has one lane, so that this request is the last to be decided.
                var properties = Properties()
                properties.headers = ["shard-key": "INV-last"]
                try shard.publish([ShardingTests.request("last", invoice: "INV-last")], properties: properties)
                let downstream = Downstream()
                try downstream.gather(from: shard) { $0.bodies["last/approved"] != nil }
                return downstream
            }
            for worker in workers { worker.send(SIGTERM) }
            for worker in workers { #expect(worker.waitForEnd() == 0) }
            for (shard, downstream) in zip(shards, outcomes) {
                try shard.reconnect()
                try downstream.drain(shard)
            }
            return outcomes
        }
    }

    private static func request(_ id: String, invoice: String) -> [UInt8] {
        Requests.cancellation(id) { request in
            request["service"] = ["id": "api-requests"]
            request["invoice"] = [
                "number": invoice, "issued_on": "2022-02-12", "paid": ["amount": "10.00", "currency": "USD"],
                "proof_of_payment": "https://files.example.com/p/\(invoice).pdf",
            ]
        }
    }

    @Test("whatever is about one invoice comes to one shard, so that its line is paid once")
    func rivals() throws {
        let shards = try Shards()
        for line in ShardingTests.lines {
            for rival in ["a", "b", "a"] {
                try shards.publish(ShardingTests.request("\(line)-\(rival)", invoice: line), shardKey: line)
            }
        }
        let outcomes = try shards.outcome().map { Set($0.bodies.keys).filter { !$0.hasPrefix("last/") } }
        let paid = outcomes.flatMap { $0.filter { $0.hasSuffix("/payout#1") } }
        #expect(paid.count == ShardingTests.lines.count)
        #expect(Set(paid.map { $0.dropLast("-a/payout#1".count) }).count == ShardingTests.lines.count)
        let rejected = outcomes.flatMap { $0.filter { $0.hasSuffix("/rejected") } }
        #expect(rejected.count == ShardingTests.lines.count, "each rival met the other one")
        #expect(outcomes.allSatisfy { $0.count > ShardingTests.lines.count }, "each shard has its part")
    }

    @Test("a reply to reply_to finds the shard that asked")
    func replies() throws {
        let shards = try Shards()
        try shards.publish(ShardingTests.request("rr-1", invoice: "INV-1"), shardKey: "INV-1")
        let broker = shards.shards[0]
        for queue in ["access.revoke", "payout.issue"] {
            let command = try shards.take(from: queue)
            let reply = try JSONSerialization.data(withJSONObject: [
                "command_id": try #require(command["command_id"]),
                "idempotency_key": try #require(command["idempotency_key"]),
                "occurred_at": "2022-02-22T10:00:00Z",
            ])
            let address = try #require(command.properties.replyTo)
            try broker.publish([Array(reply)], as: "command.succeeded", to: address)
        }
        let notices = try ["approved", "settled"].map { _ in try shards.take(from: "refund.notices").id }
        #expect(notices == ["rr-1/approved", "rr-1/settled"])
        _ = try shards.outcome()
    }

    @Test("a request without a shard key, or with a wrong one, is decided by nobody")
    func strays() throws {
        let shards = try Shards()
        try shards.publish(ShardingTests.request("rr-1", invoice: "INV-1"), shardKey: nil)
        try shards.publish(ShardingTests.request("rr-2", invoice: "INV-2"), shardKey: "INV-3")
        let outcomes = try shards.outcome().flatMap { $0.bodies.keys.filter { !$0.hasPrefix("last/") } }
        #expect(outcomes == [])
        let dead = try shards.shards.flatMap { try $0.takeAll(from: "refund.dead") }
        #expect(Set(dead.map { $0["request_id"] as? String }) == ["rr-1", "rr-2"])
        for letter in dead {
            #expect(letter.header("refund-error-code") == "invalid_field")
            #expect(letter.header("refund-error-detail")?.contains("shard-key") == true)
        }
    }
}
