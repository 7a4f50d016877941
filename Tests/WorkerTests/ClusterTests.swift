import AMQPClient
import Foundation
import Testing

@Suite("A cluster of three nodes loses each of them in turn, and work goes on", .serialized)
struct ClusterTests {
    private static let count = 3_000
    private static let requests = (0..<count).map { Requests.cancellation("rr-\($0)") }
    private static let identities: Set<String> = Set(
        (0..<count).flatMap { ["rr-\($0)/revoke#1", "rr-\($0)/payout#1", "rr-\($0)/approved"] })

    @Test("two nodes are killed and one is restarted under load: each message comes, under one identity")
    func eachNodeInTurn() throws {
        let first = try PrivateNode()
        let nodes = [first, try PrivateNode(joining: first), try PrivateNode(joining: first)]
        let broker = try TestBroker(url: nodes[2].url)
        for node in nodes { try node.sync() }
        let downstream = Downstream()
        try broker.publish(ClusterTests.requests)
        let worker = try broker.startWorker([
            "REFUND_WORKER_AMQP_URL": nodes.map(\.url).joined(separator: ","), "REFUND_WORKER_WORKER_BATCH": "50",
        ])
        func more(_ count: Int) throws {
            let goal = min(ClusterTests.identities.count, downstream.bodies.count + count)
            try downstream.gather(from: broker) { $0.bodies.count >= goal }
        }
        for victim in [0, 1] {
            try more(1_000)
            try nodes[victim].kill()
            try more(1_000)
            try nodes[victim].restart()
        }
        try more(500)
        // The test's own node, as a rolling restart does it.
        try nodes[2].restart()
        try broker.reconnect(to: nodes[0].url)
        try more(.max / 2)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        try downstream.drain(broker)
        #expect(Set(downstream.bodies.keys) == ClusterTests.identities)
        #expect(try broker.count(in: "refund.requests") == 0, "nothing was left unacknowledged")
        #expect(try broker.count(in: "refund.dead") == 0)
        let listed = try broker.run("cases", "list", "--limit", "100000", "--json")
        #expect(listed.output.split(separator: "\n").count == ClusterTests.count, "each request has one case")
    }
}
