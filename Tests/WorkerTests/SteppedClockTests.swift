import AMQPClient
import Foundation
import Testing

/// A worker's machine has a clock that steps; the broker, the test and PostgreSQL have the right one.
@Suite("A clock that steps", .serialized)
struct SteppedClockTests {
    /// Commands are sent again after a second.
    private static let hurried = """
        name: hurried
        versions:
          - effective_from: 2022-02-12
            commands: {reply_within: 1s, backoff: {first: 100ms, factor: 1, cap: 1s, jitter: 0}, max_attempts: 1000}
        """

    /// A request that is submitted now.
    private func fresh(_ id: String) -> [UInt8] {
        Requests.cancellation(id) { $0["submitted_at"] = ISO8601DateFormatter().string(from: Date()) }
    }

    /// Publishes requests one by one, each once the payout of the one before is there: the worker has turned many times.
    private func work(_ broker: TestBroker, _ ids: [String]) throws {
        for id in ids {
            try broker.publish([fresh(id)])
            var seen = ""
            // Those that were sent again are not meant.
            while seen != "\(id)/payout#1" { seen = try broker.take(1, from: "payout.issue")[0].id }
        }
    }

    private func end(_ worker: WorkerProcess) {
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// It sent every open case to attention for good.
    @Test("15 days ahead for a while: nothing is missed, and work goes on", arguments: [false, true])
    func ahead(onPostgres: Bool) throws {
        let server = onPostgres ? try PrivatePostgres() : nil
        let broker = try TestBroker(postgres: server?.url)
        let clock = try SteppingClock(in: broker.directory)
        let worker = try broker.startWorker(clock.settings.merging(Observed.settings) { $1 })
        let observed = try Observed(worker)
        try work(broker, ["rr-1"])
        _ = try observed.wait(for: "/readyz") { $0.body == "ready\n" }

        try clock.step(bySeconds: 15 * 86_400)
        try worker.waitForLog(onPostgres ? "as the store's clock tells" : "nobody can say whether rightly")
        try work(broker, (2...60).map { "rr-\($0)" })
        let note = try observed.get("/readyz")
        #expect(note.status == 200 && note.body.contains("15d ahead"), "\(note.body)")
        #expect(try observed.get("/status").body.contains("15d ahead"))
        try clock.step(bySeconds: 0)
        try worker.waitForLog("the machine's clock is believed again")
        try work(broker, (61...80).map { "rr-\($0)" })
        _ = try observed.wait(for: "/readyz") { $0.body == "ready\n" }

        #expect(try broker.count(in: "refund.alerts") == 0)
        let listed = try broker.run("cases", "list", "--status", "attention", "--json")
        #expect(listed.status == 0 && listed.output == "", "\(listed.output)")
        #expect(try broker.count(in: "refund.dead") == 0)
        end(worker)
    }

    /// Nothing was sent again for an hour, and every request was a dead letter.
    @Test("an hour back: beside a store with a clock of its own commands are sent again, and requests are decided")
    func back() throws {
        let server = try PrivatePostgres()
        let broker = try TestBroker(policy: SteppedClockTests.hurried, postgres: server.url)
        let clock = try SteppingClock(in: broker.directory)
        let worker = try broker.startWorker(clock.settings)
        try work(broker, ["rr-1"])
        try clock.step(bySeconds: -3_600)
        try worker.waitForLog("1h behind, as the store's clock tells")
        let before = try attempts(of: "rr-1/payout#1", broker)
        #expect(try attempts(of: "rr-1/payout#1", broker) > before)
        try work(broker, ["rr-2"])
        #expect(try broker.count(in: "refund.dead") == 0)
        end(worker)
    }

    /// The number of the next sending of a command that arrives.
    private func attempts(of key: String, _ broker: TestBroker) throws -> Int {
        while true {
            let message = try broker.take(1, from: "payout.issue")[0]
            guard message.id == key, let attempt = message.properties.headers?["attempt"]?.integer else { continue }
            return Int(attempt)
        }
    }

    @Test("started with a clock that is an hour behind: what seems to come from the future waits, and is decided then")
    func startedBehind() throws {
        let server = try PrivatePostgres()
        let broker = try TestBroker(postgres: server.url)
        let clock = try SteppingClock(in: broker.directory)
        try clock.step(bySeconds: -3_600)
        let worker = try broker.startWorker(clock.settings.merging(Observed.settings) { $1 })
        let observed = try Observed(worker)
        try broker.publish([fresh("rr-1")])
        try worker.waitForLog("submitted_in_future")
        #expect(try observed.get("/readyz").body.contains("the store's clock is 1h ahead"))
        #expect(try broker.run("cases", "parked").output.contains("submitted_in_future"))
        try clock.step(bySeconds: 0)
        #expect(try broker.take(1, from: "payout.issue")[0].id == "rr-1/payout#1")
        #expect(try broker.count(in: "refund.dead") == 0)
        end(worker)
    }

    @Test("started with a clock that is 15 days ahead: nothing is missed, since the store's clock counts")
    func startedAhead() throws {
        let server = try PrivatePostgres()
        let broker = try TestBroker(postgres: server.url)
        let clock = try SteppingClock(in: broker.directory)
        try clock.step(bySeconds: 15 * 86_400)
        let worker = try broker.startWorker(clock.settings)
        try work(broker, (1...60).map { "rr-\($0)" })
        #expect(try broker.count(in: "refund.alerts") == 0)
        end(worker)
    }

    @Test("Prometheus raises both alerts about clocks, and they are over with the step")
    func alerts() throws {
        let server = try PrivatePostgres()
        let broker = try TestBroker(postgres: server.url)
        let clock = try SteppingClock(in: broker.directory)
        let port = try Observed.freePort()
        let prometheus = try PrivatePrometheus(scraping: port)
        let worker = try broker.startWorker(clock.settings.merging(["REFUND_WORKER_HTTP_PORT": "\(port)"]) { $1 })
        try prometheus.waitForSample("refund_worker_clock_in_doubt == 0")
        try clock.step(bySeconds: 3_600)
        for alert in ["RefundClockDoubted", "RefundClocksApart"] { try prometheus.wait(for: alert) }
        try clock.step(bySeconds: 0)
        for alert in ["RefundClockDoubted", "RefundClocksApart"] { try prometheus.wait(for: alert, isFiring: false) }
        end(worker)
    }
}
