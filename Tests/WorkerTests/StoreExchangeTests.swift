import Foundation
import Testing

/// What a running worker does that finds another store in the place of its own.
@Suite("A store that is another than it was")
struct StoreExchangeTests {
    @Test("a SQLite file that is moved away stops all work, readyz says why, and once it is back everything goes on")
    func movedFile() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "refund.notices")
        let path = broker.directory.appendingPathComponent("cases.sqlite").path
        try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
        _ = try observed.wait(for: "/readyz") { $0.body.contains("another store: ") && $0.body.contains("is gone") }
        try broker.publish([Requests.cancellation("rr-2")])
        #expect(try observed.metric("refund_worker_store_failures_total{kind=\"exchanged\"}") ?? 0 >= 1)
        #expect(!FileManager.default.fileExists(atPath: path))

        try FileManager.default.moveItem(atPath: path + ".moved", toPath: path)
        #expect(try broker.take(1, from: "refund.notices").count == 1)
        _ = try observed.wait(for: "/readyz") { $0.status == 200 }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        // Each was paid once.
        #expect(try broker.take(2, from: "payout.issue").count == 2)
    }

    @Test("a worker that is started where its file was says so, and makes no other")
    func goneFile() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let path = broker.directory.appendingPathComponent("cases.sqlite").path
        try FileManager.default.removeItem(atPath: path)
        let again = try broker.run("run")
        #expect(again.status == 1)
        #expect(again.errors.contains("is gone or empty") && again.errors.contains("cases.sqlite-lock"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a PostgreSQL database that is emptied under a worker gets no new tables, from it or from one that comes")
    func emptiedDatabase() throws {
        let server = try PrivatePostgres()
        let broker = try TestBroker(postgres: server.url)
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "refund.notices")
        let url = broker.environment["REFUND_WORKER_STORE_URL"] ?? ""
        let schema = url.components(separatedBy: "search_path%3D").last ?? ""
        let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'refund'"
        try server.administer("ALTER SCHEMA \(schema) RENAME TO aside", ended)
        _ = try observed.wait(for: "/readyz") { $0.body.contains("another store: ") }
        try broker.publish([Requests.cancellation("rr-2")])
        let fresh = try broker.run("run")
        #expect(fresh.status == 1)
        #expect(fresh.errors.contains("refund-worker store create"), "\(fresh.errors)")

        try server.administer("ALTER SCHEMA aside RENAME TO \(schema)")
        #expect(try broker.take(1, from: "refund.notices").count == 1)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.take(2, from: "payout.issue").count == 2)
    }
}
