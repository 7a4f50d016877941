import AMQPClient
import Foundation
import Testing

@Suite("A case from the decision to the money, in seconds for days", .serialized)
struct CaseLifeTests {
    /// A policy of seconds, so that what takes days happens while a test looks on.
    private static func policy(respondWithin: String = "1h", refundWithin: String = "2h", attempts: Int = 3) -> String {
        """
        name: hurried
        versions:
          - effective_from: 2022-02-12
            respond_within: \(respondWithin)
            refund_within: \(refundWithin)
            at_risk: {response: 1s, refund: 1s}
            commands: {reply_within: 1s, backoff: {first: 200ms, factor: 1, cap: 1s, jitter: 0}, max_attempts: \(attempts)}
        """
    }

    /// A cancellation that was submitted a moment ago.
    private static func fresh(_ id: String, changing change: (inout [String: Any]) -> Void = { _ in }) -> [UInt8] {
        Requests.cancellation(id) { request in
            request["submitted_at"] = ISO8601DateFormatter().string(from: Date())
            change(&request)
        }
    }

    /// What the other side says about a command.
    private static func reply(
        to command: Message, at occurredAt: Date = Date(), failing: (code: String, isRetryable: Bool)? = nil
    ) throws -> [UInt8] {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        var reply: [String: Any] = [
            "command_id": command["command_id"] as? String ?? "", "idempotency_key": command.id,
            "occurred_at": formatter.string(from: occurredAt),
        ]
        if let failing {
            reply["code"] = failing.code
            reply["retryable"] = failing.isRetryable
        }
        return try Array(JSONSerialization.data(withJSONObject: reply))
    }

    private func status(of id: String, _ broker: TestBroker) throws -> String {
        let listed = try broker.run("cases", "list", "--limit", "1000", "--json")
        for line in listed.output.split(separator: "\n") {
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            if row?["request_id"] as? String == id { return row?["status"] as? String ?? "" }
        }
        return "missing"
    }

    @Test("both commands succeed: settled, with the days on which the money shows")
    func settled() throws {
        let broker = try TestBroker(policy: CaseLifeTests.policy())
        let worker = try broker.startWorker()
        try broker.publish([CaseLifeTests.fresh("rr-1")])
        for queue in ["payout.issue", "access.revoke"] {
            let command = try broker.take(1, from: queue)[0]
            let reply = try CaseLifeTests.reply(to: command)
            // Said twice, as other systems do.
            try broker.publish([reply, reply], as: "command.succeeded")
        }
        let notices = try broker.take(2, from: "refund.notices")
        #expect(notices.map(\.id) == ["rr-1/approved", "rr-1/settled"])
        #expect(notices[1]["refund", "amount"] as? String == "7.00")
        #expect(notices[1]["funds_expected", "earliest"] is String)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try status(of: "rr-1", broker) == "settled")
        #expect(try broker.count(in: "refund.dead") == 0)
        #expect(try broker.count(in: "refund.alerts") == 0)
    }

    @Test("a command without a reply is sent again byte for byte, then given up with one alert")
    func unanswered() throws {
        let broker = try TestBroker(policy: CaseLifeTests.policy())
        let worker = try broker.startWorker()
        try broker.publish([CaseLifeTests.fresh("rr-1")])
        let payout = try broker.take(1, from: "payout.issue")[0]
        try broker.publish([CaseLifeTests.reply(to: payout)], as: "command.succeeded")
        let revokes = try broker.take(3, from: "access.revoke")
        #expect(Set(revokes.map(\.id)) == ["rr-1/revoke#1"])
        #expect(Set(revokes.map(\.body)).count == 1)
        #expect(revokes.map { $0.properties.headers?["attempt"]?.integer } == [1, 2, 3])
        let alert = try broker.take(1, from: "refund.alerts")[0]
        #expect(alert.id == "rr-1/alert/revoke_unanswered/revoke#1")
        #expect(alert.properties.type == "alert.needs_attention")
        #expect(try status(of: "rr-1", broker) == "attention")
        // A late success still counts.
        try broker.publish([CaseLifeTests.reply(to: revokes[0])], as: "command.succeeded")
        #expect(try broker.take(2, from: "refund.notices").map(\.id) == ["rr-1/approved", "rr-1/settled"])
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.alerts") == 0)
        #expect(try broker.count(in: "access.revoke") == 0)
    }

    @Test("a payout that fails twice and may be tried again goes out under new keys, and then works")
    func retried() throws {
        let broker = try TestBroker(policy: CaseLifeTests.policy(attempts: 10))
        let worker = try broker.startWorker()
        try broker.publish([CaseLifeTests.fresh("rr-1")])
        let revoke = try broker.take(1, from: "access.revoke")[0]
        try broker.publish([CaseLifeTests.reply(to: revoke)], as: "command.succeeded")
        for number in 1...3 {
            var payout = try broker.take(1, from: "payout.issue")[0]
            // A re-send of the key before may have overtaken the reply to it.
            while payout.id != "rr-1/payout#\(number)" { payout = try broker.take(1, from: "payout.issue")[0] }
            if number < 3 {
                try broker.publish(
                    [CaseLifeTests.reply(to: payout, failing: ("bank_busy", true))], as: "command.failed")
            } else {
                try broker.publish([CaseLifeTests.reply(to: payout)], as: "command.succeeded")
            }
        }
        #expect(try broker.take(2, from: "refund.notices").map(\.id) == ["rr-1/approved", "rr-1/settled"])
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.alerts") == 0)
    }

    @Test("deadlines warn once and are missed once, also when the worker was killed in between")
    func deadlines() throws {
        let broker = try TestBroker(policy: CaseLifeTests.policy(respondWithin: "3s", refundWithin: "6s"))
        let worker = try broker.startWorker()
        try broker.publish([CaseLifeTests.fresh("rr-1") { $0["dispute"] = "open" }])
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/in_review")
        let first = try broker.take(1, from: "refund.alerts")[0]
        #expect(first.id == "rr-1/alert/response_at_risk")
        #expect(first.properties.type == "alert.deadline_at_risk")
        worker.send(SIGKILL)
        worker.waitForEnd()
        let next = try broker.startWorker()
        let rest = try broker.take(3, from: "refund.alerts")
        #expect(
            rest.map(\.id)
                == ["rr-1/alert/response_missed", "rr-1/alert/refund_at_risk", "rr-1/alert/refund_missed"])
        for alert in rest {
            let due = ISO8601DateFormatter().date(from: alert["due_at"] as? String ?? "")
            let told = Date(timeIntervalSince1970: Double(alert.properties.timestamp ?? 0) + 1)
            let warns = alert.properties.type == "alert.deadline_at_risk"
            #expect(try #require(due).addingTimeInterval(warns ? -1 : 0) <= told, "never early")
        }
        next.send(SIGTERM)
        #expect(next.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.alerts") == 0)
        #expect(try status(of: "rr-1", broker) == "in_review")
    }

    @Test(
        "people's commands: a review approves, a retry sends again, a withdrawal is answered, deadlines list what is owed"
    )
    func people() throws {
        let broker = try TestBroker(policy: CaseLifeTests.policy(attempts: 1))
        let worker = try broker.startWorker()
        try broker.publish([CaseLifeTests.fresh("rr-1") { $0["dispute"] = "open" }])
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/in_review")
        let owed = try broker.run("deadlines")
        #expect(owed.status == 0)
        #expect(owed.output.contains("response"))
        #expect(owed.output.contains("at stake in 1 case: 10.00 USD"), "what was paid, while nobody has decided")

        let review = try broker.run(
            "cases", "review", "rr-1", "--verdict", "approve", "--note", "closed by the bank", "--by", "ann")
        #expect(review.status == 0, "\(review.errors)")
        let payout = try broker.take(1, from: "payout.issue")[0]
        #expect(payout["refund", "amount"] as? String == "7.00")
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/approved")

        let withdrawal = try broker.run("cases", "withdraw", "rr-1")
        #expect(withdrawal.status == 0, "\(withdrawal.errors)")
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/withdrawal_refused")

        // One attempt each: both commands are given up.
        #expect(
            Set(try broker.take(2, from: "refund.alerts").map(\.id))
                == ["rr-1/alert/revoke_unanswered/revoke#1", "rr-1/alert/payout_unanswered/payout#1"])
        let retry = try broker.run("cases", "retry", "rr-1", "--note", "it is back", "--by", "ann")
        #expect(retry.status == 0, "\(retry.errors)")
        let again = try broker.take(1, from: "payout.issue")[0]
        #expect(again.body == payout.body, "what was never answered goes out byte for byte")
        #expect(again.properties.headers?["attempt"]?.integer == 2)
        let revokes = try broker.take(2, from: "access.revoke")
        for command in [again, revokes[1]] {
            try broker.publish([CaseLifeTests.reply(to: command)], as: "command.succeeded")
        }
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/settled")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.run("deadlines").output == "nothing is due\n")
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("a verdict without sense is wrong usage, and nothing is sent")
    func wrongUsage() throws {
        let broker = try TestBroker()
        for arguments in [
            ["--verdict", "approve"], ["--verdict", "approve", "--note", " "], ["approve", "--note", "x"],
            ["--verdict", "maybe", "--note", "x"], ["--verdict", "approve", "--note", "x", "--amount", "5"],
        ] {
            let result = try WorkerProcess.run(
                ["cases", "review", "rr-1"] + arguments, environment: broker.environment)
            #expect(result.status == 2, "\(arguments)")
        }
        #expect(try broker.count(in: "refund.replies") == 0)
    }

    @Test("a case in review is approved by a person, and its commands go out")
    func reviewed() throws {
        let broker = try TestBroker(policy: CaseLifeTests.policy())
        let worker = try broker.startWorker()
        try broker.publish([CaseLifeTests.fresh("rr-1") { $0["dispute"] = "open" }])
        _ = try broker.take(1, from: "refund.notices")
        let review =
            #"{"action_id":"a-1","request_id":"rr-1","verdict":"approve","by":"ann","note":"the bank has closed it"}"#
        try broker.publish([Array(review.utf8), Array(review.utf8)], as: "refund.reviewed")
        #expect(try broker.take(1, from: "payout.issue")[0]["refund", "amount"] as? String == "7.00")
        #expect(try broker.take(1, from: "refund.notices")[0].id == "rr-1/approved")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.dead") == 0)
    }
}
