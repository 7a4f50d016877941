import AMQPClient
import Foundation
import Testing

@Suite("A worker says whether it is ready, and why not", .serialized)
struct ReadinessTests {
    private func expectUnready(_ observed: Observed, _ reason: String) throws {
        let answer = try observed.get("/readyz")
        #expect(answer.status == 503)
        #expect(answer.body.contains(reason), "\(answer.body)")
        #expect(try observed.get("/healthz").status == 200, "what it waits for is no reason to restart it")
    }

    private func expectReady(_ observed: Observed) throws {
        let answer = try observed.get("/readyz")
        #expect(answer.status == 200, "\(answer.body)")
        #expect(answer.body == "ready\n")
    }

    @Test("ready once it consumes; version, status and health are served beside")
    func ready() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings.merging(["REFUND_WORKER_WORKER_NAME": "w-1"]) { $1 })
        let observed = try Observed(worker)
        try expectReady(observed)
        #expect(try observed.get("/healthz").body == "alive\n")
        let version = try WorkerProcess.run(["--version"], environment: [:]).output
        #expect(try observed.get("/version").body == version)
        let answer = try observed.get("/status")
        #expect(answer.head.contains("application/json"))
        let status = try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
        #expect(status["worker"] as? String == "w-1")
        #expect(status["ready"] as? Bool == true)
        let lane = try #require((status["lanes"] as? [[String: Any]])?.first)
        #expect(lane["name"] as? String == "lane 1")
        #expect(lane["state"] as? String == "working")
        #expect((lane["since"] as? String)?.hasSuffix("Z") == true)
        #expect(try observed.get("/nothing").status == 404)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("no broker connection")
    func noBroker() throws {
        let broker = try TestBroker()
        let settings = broker.environment.merging(Observed.settings) { $1 }
            .merging(["REFUND_WORKER_AMQP_URL": "amqp://user:s3cret@127.0.0.1:1/"]) { $1 }
        let worker = try WorkerProcess(["run"], environment: settings)
        let observed = try Observed(worker)
        try worker.waitForLog("Trying again")
        try expectUnready(observed, "no broker connection to publish: ")
        #expect(try !observed.get("/readyz").body.contains("s3cret"))
        #expect(try observed.get("/status").body.contains("\"state\":\"paused\""))
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("topology missing, until it is declared")
    func topologyMissing() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        _ = try broker.raw.deleteQueue(broker.prefix + "refund.requests")
        try worker.waitForLog("topology check")
        try expectUnready(observed, "topology missing: ")
        #expect(try broker.run("topology", "declare").status == 0)
        _ = try observed.wait(for: "/readyz") { $0.status == 200 }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("the broker's alarm, until it is over; the time of it is counted")
    func alarm() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        try broker.publish([Requests.cancellation("rr-1")])
        try node.control("set_vm_memory_high_watermark", "0.0001")
        // The broker tells of its alarm whoever publishes: the worker does, for what has come before.
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        try worker.waitForLog("takes no messages")
        try expectUnready(observed, "blocked by the broker's alarm")
        try node.control("set_vm_memory_high_watermark", "0.9")
        try worker.waitForLog("takes messages again")
        try expectReady(observed)
        #expect(try observed.metric("refund_worker_blocked_seconds_total") ?? 0 > 0)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("store unreachable, until it answers again")
    func store() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        try broker.holdingStore {
            try broker.publish([Requests.cancellation("rr-1")])
            try worker.waitForLog("busy")
            try expectUnready(observed, "store unreachable: ")
            #expect(try observed.metric("refund_worker_store_failures_total{kind=\"busy\"}") ?? 0 >= 1)
        }
        _ = try broker.take(1, from: "refund.notices")
        _ = try observed.wait(for: "/readyz") { $0.status == 200 }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("draining: it still answers, and stops last")
    func draining() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        try broker.holdingStore {
            // It has something to finish that it can't finish as yet.
            try broker.publish([Requests.cancellation("rr-1")])
            try worker.waitForLog("busy")
            worker.send(SIGTERM)
            try worker.waitForLog("stopping")
            try expectUnready(observed, "draining: ")
        }
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.take(1, from: "refund.notices").count == 1)
    }

    @Test("a port that is taken ends the start, with what to do")
    func portTaken() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let port = try Observed(worker).port
        let other = try WorkerProcess(
            ["run", "--http-port", "\(port)", "--store-url", "sqlite:\(broker.directory.path)/other.sqlite"],
            environment: broker.environment)
        #expect(other.waitForEnd() == 1)
        #expect(other.log.contains("port \(port) of 127.0.0.1 is taken"), "\(other.log)")
        #expect(other.log.contains("http.port (--http-port, REFUND_WORKER_HTTP_PORT)"))
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("a head over its limit is refused, and the worker goes on")
    func limits() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(Observed.settings)
        let observed = try Observed(worker)
        let line = "X-Long: " + String(repeating: "x", count: 9_000)
        #expect(try observed.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\(line)\r\n\r\n").status == 400)
        try expectReady(observed)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
