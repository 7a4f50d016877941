import AMQPClient
import Foundation
import Testing

@Suite("What holds money back, on a real broker", .serialized)
struct BrakeTests {
    private static let policy = """
        name: careful
        versions:
          - effective_from: 2022-02-12
            respond_within: 2d
            refund_within: 10d
            commands: {reply_within: 1h, backoff: {first: 1h, factor: 1, cap: 1h, jitter: 0}, max_attempts: 8}
        """

    private func request(_ id: String) -> [UInt8] {
        Requests.cancellation(id) { $0["submitted_at"] = Date().ISO8601Format() }
    }

    private func reply(_ command: String, key: Int = 1, failing: Bool = false) -> [UInt8] {
        let failure = failing ? #", "code": "refused", "retryable": false"# : ""
        let text = """
            {"command_id": "rr-1/\(command)", "idempotency_key": "rr-1/\(command)#\(key)",
             "occurred_at": "\(Date().ISO8601Format())"\(failure)}
            """
        return Array(text.utf8)
    }

    /// Looks at the case until it has that status: what brings it about is told nowhere while nothing can be published.
    private func wait(for status: String, _ broker: TestBroker, _ worker: WorkerProcess) throws {
        let limit = Date(timeIntervalSinceNow: 60)
        while Date() < limit {
            let shown = try broker.run("cases", "list", "--json").output
            if shown.contains("\"status\":\"\(status)\"") { return }
        }
        throw Missing(what: "a case that is \(status)", log: worker.log)
    }

    @Test("a pause holds every payout and nothing else, an older resumption lifts nothing, the right one lets them go")
    func pause() throws {
        let broker = try TestBroker(policy: BrakeTests.policy)
        let worker = try broker.startWorker()
        let paused = try broker.run(
            "payouts", "pause", "--note", "the bank sends twice", "--by", "ann", "--action-id", "pause-1")
        #expect(paused.status == 0, "\(paused.errors)")
        let alert = try broker.take(1, from: "refund.alerts")[0]
        #expect(alert.id.hasPrefix("fleet/alert/payouts_paused/"))
        #expect(alert["code"] as? String == "payouts_paused")

        try broker.publish((1...3).map { request("rr-\($0)") })
        #expect(try broker.take(3, from: "access.revoke").count == 3)
        #expect(try broker.take(3, from: "refund.notices").map(\.id).allSatisfy { $0.hasSuffix("/approved") })
        #expect(try broker.run("payouts", "status").status == 3)
        let older = #"{"action_id": "resume-0", "pause": "pause-0", "by": "ben", "note": "mended"}"#
        try broker.publish([Array(older.utf8)], as: "payouts.resumed")
        let letter = try broker.take(1, from: "refund.dead")[0]
        #expect(letter.header("refund-error-code") == "not_applicable")
        // The next worker knows of the pause as well.
        worker.send(SIGKILL)
        worker.waitForEnd()
        let next = try broker.startWorker()
        try broker.publish([request("rr-4")])
        #expect(try broker.take(1, from: "access.revoke")[0].id == "rr-4/revoke#1")
        #expect(try broker.count(in: "payout.issue") == 0)

        let resumed = try broker.run("payouts", "resume", "--note", "mended", "--by", "ann")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let payouts = try broker.take(4, from: "payout.issue")
        #expect(Set(payouts.map(\.id)) == Set((1...4).map { "rr-\($0)/payout#1" }))
        #expect(payouts.allSatisfy { $0.properties.headers?["attempt"]?.integer == 1 })
        #expect(try broker.run("payouts", "status").status == 0)
        next.send(SIGTERM)
        #expect(next.waitForEnd() == 0)
        #expect(try broker.count(in: "payout.issue") == 0)
        let codes = try broker.takeAll(from: "refund.alerts").compactMap { $0["code"] as? String }
        #expect(Set(codes).isSubset(of: ["payouts_paused"]), "once for each hour")
    }

    /// The requests that still wait in the broker when the pause is in force are the last ones, so that none of them may be
    /// paid: known by what came out, not by a clock.
    @Test(
        "a pause does not wait for a backlog of requests: it is in force while they wait, and they are decided, unpaid")
    func pauseBeforeBacklog() throws {
        let backlog = 8_000
        let broker = try TestBroker(policy: BrakeTests.policy)
        try broker.publish((0..<backlog).map { request("rr-\($0)") })
        let worker = try broker.startWorker()
        // It is being worked off.
        let first = try broker.take(100, from: "payout.issue")
        let pause = #"{"action_id": "pause-1", "by": "ann", "note": "the bank sends twice"}"#
        try broker.publish([Array(pause.utf8)], as: "payouts.paused")
        let alert = try broker.take(1, from: "refund.alerts")[0]
        #expect(alert["code"] as? String == "payouts_paused")
        let waiting = try broker.count(in: "refund.requests")
        #expect(waiting > 0, "the pause came after all requests")

        var decided = 0
        while decided < backlog {
            let notices = try broker.take(min(2_000, backlog - decided), from: "refund.notices")
            #expect(notices.allSatisfy { $0.id.hasSuffix("/approved") })
            decided += notices.count
        }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        let payouts = Set((first + (try broker.takeAll(from: "payout.issue"))).map(\.id))
        let unpaid = Set((backlog - waiting..<backlog).map { "rr-\($0)/payout#1" })
        #expect(payouts.isDisjoint(with: unpaid), "\(payouts.count) of \(backlog) went out, \(waiting) requests waited")
        let status = try broker.run("payouts", "status", "--json")
        #expect(status.status == 3)
        let shown = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        #expect(shown?["withheld"] as? Int == backlog - payouts.count, "each that is not out is held")
    }

    /// The publishing connection is cut, the consuming ones are alive: a payout waits in the lane's memory when a person
    /// closes the case as paid by hand.
    @Test("a close waits while a payout may be on its way, and once it is committed nothing is paid any more")
    func closedWhileCut() throws {
        let broker = try TestBroker(policy: BrakeTests.policy)
        let proxy = try FaultyProxy(to: broker.environment["REFUND_WORKER_AMQP_URL"] ?? "")
        let worker = try broker.startWorker(["REFUND_WORKER_AMQP_URL": proxy.url])
        try broker.publish([request("rr-1")])
        #expect(try broker.take(1, from: "payout.issue")[0].id == "rr-1/payout#1")
        try broker.publish([reply("revoke")], as: "command.succeeded")
        try broker.publish([reply("payout", failing: true)], as: "command.failed")
        #expect(try broker.take(1, from: "refund.alerts")[0].id == "rr-1/alert/payout_failed/payout#1")

        // The connection is named "refund-worker NAME publisher"; each one speaks of publisher_confirms.
        proxy.keepAway(" publisher")
        let retry = #"{"action_id": "retry-1", "request_id": "rr-1", "by": "ann"}"#
        try broker.publish([Array(retry.utf8)], as: "refund.retried")
        try wait(for: "approved", broker, worker)
        try broker.publish([reply("revoke", failing: true)], as: "command.failed")
        try wait(for: "attention", broker, worker)
        let close = """
            {"action_id": "close-1", "request_id": "rr-1", "verdict": "close", "by": "ann", "note": "paid by hand"}
            """
        try broker.publish([Array(close.utf8)], as: "refund.reviewed")
        // While a payout may be on its way, the close waits.
        try worker.waitForLog("parked")
        proxy.letThrough()
        let notices = try broker.take(2, from: "refund.notices")
        #expect(notices.map(\.id) == ["rr-1/approved", "rr-1/settled"])
        let paidBy = notices[1]["paid_by"] as? [[String: Any]]
        #expect(paidBy?.map { $0["means"] as? String } == ["other_means"])
        #expect(try broker.take(1, from: "refund.alerts")[0].id == "rr-1/alert/revoke_undone/revoke#1")
        // What went out did so before; from now on nothing of it does, from this worker or from another one.
        let before = try broker.takeAll(from: "payout.issue").map(\.id)
        #expect([[], ["rr-1/payout#2"]].contains(before))
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let next = try broker.startWorker()
        try broker.publish([request("rr-2")])
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-2/approved")
        next.send(SIGTERM)
        #expect(next.waitForEnd() == 0)
        #expect(try broker.takeAll(from: "payout.issue").map(\.id) == ["rr-2/payout#1"])
        let alerts = try broker.takeAll(from: "refund.alerts").map(\.id)
        #expect(alerts == [])
        #expect(try broker.count(in: "refund.dead") == 0)
    }
}
