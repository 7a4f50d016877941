import Foundation
import Testing

@Suite("PostgreSQL with a standby")
struct FailoverTests {
    @Test("a leader that dies in the middle, and a standby that takes over: nothing is lost and nothing sent anew")
    func failover() throws {
        let leader = try PrivatePostgres()
        let standby = try PrivatePostgres(standbyOf: leader)
        // Every commit is with both before it is told.
        try leader.administer("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        let broker = try TestBroker(postgres: try leader.url(or: standby))
        let settings = ["REFUND_WORKER_WORKER_LANES": "2", "REFUND_WORKER_WORKER_BATCH": "50"]
        let workers = try (0..<2).map { _ in try broker.startWorker(settings) }
        let count = 3_000
        try broker.publish((0..<count).map { Requests.cancellation("rr-\($0)") })
        let downstream = Downstream()
        try downstream.gather(from: broker) { $0.bodies.count >= count }
        try leader.kill()
        try standby.promote()
        try downstream.gather(from: broker) { $0.bodies.count >= 3 * count }
        for worker in workers { worker.send(SIGTERM) }
        for worker in workers { #expect(worker.waitForEnd() == 0) }
        try downstream.drain(broker)
        #expect(downstream.bodies.count == 3 * count, "three messages for each request, each under one identity")
        #expect(try broker.count(in: "refund.requests") == 0, "nothing was left unacknowledged")
        #expect(try broker.count(in: "refund.dead") == 0)
        let listed = try broker.run("cases", "list", "--limit", "100000", "--json")
        #expect(listed.output.split(separator: "\n").count == count, "each request has one case")
    }
}
