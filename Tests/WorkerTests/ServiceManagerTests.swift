import Foundation
import Testing

@Suite("A worker under a service manager", .serialized)
struct ServiceManagerTests {
    @Test("it says when it is ready, that it is alive, and that it stops")
    func told() throws {
        let broker = try TestBroker()
        let socket = try NotifySocket(in: broker.directory)
        let watched = ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "2000000"]
        let worker = try broker.startWorker(watched)
        var words: [String] = []
        while words.filter({ $0 == "WATCHDOG=1" }).count < 3 || !words.contains("READY=1") {
            words.append(try socket.next())
        }
        #expect(
            words.first { $0 != "WATCHDOG=1" } == "EXTEND_TIMEOUT_USEC=120000000",
            "a store may have to be brought up to date first")
        #expect(words.filter { $0 == "READY=1" }.count == 1)
        worker.send(SIGTERM)
        var last = try socket.next()
        while last == "WATCHDOG=1" { last = try socket.next() }
        #expect(last == "STOPPING=1")
        #expect(worker.waitForEnd() == 0)
    }

    @Test("it is ready while its broker is away: a restart would mend nothing")
    func brokerAway() throws {
        let broker = try TestBroker()
        let socket = try NotifySocket(in: broker.directory)
        var environment = broker.environment.merging(["NOTIFY_SOCKET": socket.path]) { $1 }
        environment["REFUND_WORKER_AMQP_URL"] = "amqp://127.0.0.1:1/"
        let worker = try WorkerProcess(["run"], environment: environment)
        #expect(try socket.next() == "EXTEND_TIMEOUT_USEC=120000000")
        #expect(try socket.next() == "READY=1")
        worker.send(SIGTERM)
        #expect(try socket.next() == "STOPPING=1")
        #expect(worker.waitForEnd() == 0)
    }
}
