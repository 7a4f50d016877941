import AMQPClient
import Foundation
import Testing

/// The log goes to a pipe of 4 KiB that is full and that nobody reads.
@Suite("A worker whose log nobody reads", .serialized)
struct StalledLogTests {
    /// What makes lines at several statements, on several threads.
    private func work(_ broker: TestBroker) throws {
        try broker.publish((0..<100).map { _ in Array("no JSON".utf8) })
        _ = try broker.take(100, from: "refund.dead", seconds: 60)
        try broker.publish(
            (0..<30).map { Array(#"{"action_id":"a-\#($0)","request_id":"rr-never","by":"someone"}"#.utf8) },
            as: "refund.retried")
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "payout.issue", seconds: 60)
    }

    @Test("it works on, and ends in order when it is told to")
    func never() throws {
        let broker = try TestBroker()
        let worker = try WorkerProcess(["run"], environment: broker.environment, isLogHeld: true)
        try work(broker)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("whoever reads again finds every line that waited, up to the last")
    func again() throws {
        let broker = try TestBroker()
        let worker = try WorkerProcess(["run"], environment: broker.environment, isLogHeld: true)
        try work(broker)
        worker.readLog()
        try worker.waitForLog("code=unknown_request")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        try worker.waitForLog("worker: stopped")
        let log = worker.log
        #expect(log.split(separator: "\n").count { $0.contains(": dead letter") } == 30)
        #expect(!log.contains("nobody took the log"))
    }

    @Test("one that can't start ends all the same")
    func failing() throws {
        let broker = try TestBroker()
        let worker = try WorkerProcess(
            ["run"],
            environment: broker.environment.merging([
                "REFUND_WORKER_STORE_URL": "sqlite:\(broker.directory.path)/none/cases.sqlite"
            ]) { $1 }, isLogHeld: true)
        #expect(worker.waitForEnd() == 1)
    }
}
