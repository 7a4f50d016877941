import AMQPClient
import Foundation
import TestSupport
import Testing

/// Life vectors that one worker lives through side by side: step by step, each step of all of them before the next.
final class LifeRun {
    /// A vector and its request.
    struct Life {
        let id: String
        let vector: LifeVector
        /// When each key went out, such as `payout#1`.
        var sendings: [String: Date] = [:]
    }

    /// Versions of one policy, chosen by the invoice's date. A backoff takes a moment where a vector lets it pass, and
    /// longer than the test where it does not.
    static let policy =
        "name: lives\nversions:\n"
        + [
            ("2022-01-01", "1h", "on_approval", "0s"), ("2022-02-01", "300ms", "on_approval", "0s"),
            ("2022-03-01", "1h", "after_revocation", "0s"), ("2022-04-01", "1h", "on_approval", "1h"),
        ].map { date, backoff, payout, coolingOff in
            """
              - effective_from: \(date)
                respond_within: 2d
                refund_within: 10d
                payout: \(payout)
                cooling_off: \(coolingOff)
                commands:
                  {reply_within: 1h, backoff: {first: \(backoff), factor: 1, cap: 1h, jitter: 0}, max_attempts: 8}

            """
        }.joined()

    private(set) var lives: [Life]
    private let broker: TestBroker
    /// Everything that came out of the queues, each in its order.
    private var seen: [String: [Message]] = [:]
    private var barriers = 0

    init(_ vectors: [LifeVector], on broker: TestBroker) {
        lives = vectors.enumerated().map { Life(id: "life-\($0)", vector: $1) }
        self.broker = broker
    }

    func follow() throws {
        // Behind its request and in one batch with it: both are there before the worker is.
        try publish(Life(id: "sentinel", vector: lives[0].vector), as: request(of:))
        for life in lives where !life.vector.startsWithWithdrawal {
            try publish(life, as: request(of:))
            if life.vector.has(.withdrawnBehind) { try publishWithdrawal(of: life) }
        }
        let worker = try broker.startWorker()
        for life in lives where life.vector.has(.withdrawnBefore) { try publishWithdrawal(of: life) }
        if lives.contains(where: { $0.vector.has(.withdrawnBefore) }) { try worker.waitForLog("parked") }
        for life in lives where life.vector.has(.withdrawnBefore) { try publish(life, as: request(of:)) }
        try wait(in: "payout.issue", for: "sentinel/payout#1")
        try passBarrier()
        noteSendings()
        let rounds = lives.map(\.vector.steps.count).max() ?? 0
        for round in 0..<rounds { try follow(round: round) }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        for queue in ["access.revoke", "payout.issue", "refund.notices", "refund.alerts", "refund.dead"] {
            seen[queue, default: []] += try broker.takeAll(from: queue)
        }
    }

    private func follow(round: Int) throws {
        let isDue = lives.contains { $0.vector.steps.count > round && $0.vector.steps[round].isDue }
        for life in lives where life.vector.steps.count > round {
            switch life.vector.steps[round] {
            case .withdrawnBefore, .withdrawnBehind, .due: break
            case .told(let reply):
                let body = reply.body(of: life.id, occurredAt: clock(of: reply, life))
                try publish([body], as: reply.type, to: reply.exchange, from: life, round)
            case .reviewed(let verdict, let action, let amount):
                var review: [String: Any] = [
                    "action_id": "\(life.id)-\(action)", "request_id": life.id, "verdict": verdict, "by": "ann",
                    "note": "seen to",
                ]
                if let amount { review["amount"] = ["amount": amount, "currency": "USD"] }
                try publish([json(review)], as: "refund.reviewed", to: "refund.people", from: life, round)
            case .retried(let action):
                let retry = ["action_id": "\(life.id)-\(action)", "request_id": life.id, "by": "ann"]
                try publish([json(retry)], as: "refund.retried", to: "refund.people", from: life, round)
            }
        }
        try passBarrier()
        guard isDue else { return }
        // Every backoff that runs has begun before the sentinel's: when its next key is out, theirs are.
        let key = seen["payout.issue", default: []].filter { $0.id.hasPrefix("sentinel/") }.count
        let failure = """
            {"command_id": "sentinel/payout", "idempotency_key": "sentinel/payout#\(key)", "code": "busy",
             "occurred_at": "\(Date().ISO8601Format())", "retryable": true}
            """
        try broker.publish([Array(failure.utf8)], as: "command.failed")
        try wait(in: "payout.issue", for: "sentinel/payout#\(key + 1)")
        noteSendings()
    }

    /// Waits until the worker has gone past everything that was published so far: it takes replies in their order, and
    /// this one becomes a dead letter behind them.
    private func passBarrier() throws {
        barriers += 1
        var properties = Properties()
        properties.messageID = "barrier-\(barriers)"
        try broker.publish([Array("no JSON".utf8)], as: "command.succeeded", properties: properties)
        try wait(in: "refund.dead", for: "barrier-\(barriers)")
    }

    /// Takes from a queue until that message has come.
    private func wait(in queue: String, for id: String) throws {
        while !seen[queue, default: []].contains(where: { $0.id == id }) {
            seen[queue, default: []] += try broker.take(1, from: queue, seconds: 30)
        }
    }

    private func noteSendings() {
        for message in seen["payout.issue", default: []] {
            note(message.id)
        }
        for index in lives.indices { note("\(lives[index].id)/revoke#1") }
        for index in lives.indices { note("\(lives[index].id)/payout#1") }
    }

    private func note(_ key: String) {
        let parts = key.split(separator: "/").map(String.init)
        guard let index = lives.firstIndex(where: { $0.id == parts[0] }), lives[index].sendings[parts[1]] == nil
        else { return }
        lives[index].sendings[parts[1]] = Date()
    }

    private func clock(of reply: LifeReply, _ life: Life) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        switch reply.clock {
        case .now: return formatter.string(from: Date())
        case .after(let seconds):
            // Half a minute back, so that what comes within a second here keeps the order of the vector's clocks.
            let sentAt = life.sendings["\(reply.command)#\(reply.key)"] ?? Date()
            return formatter.string(from: sentAt.addingTimeInterval(Double(seconds) - 30))
        case .midnight:
            // Of yesterday, where today's is so near that it is in range.
            let today = Date().addingTimeInterval(-600)
            return formatter.string(from: today).prefix(10) + "T00:00:00Z"
        case .year(let year): return "\(year)-01-01T00:00:00Z"
        }
    }

    private func request(of life: Life) -> [UInt8] {
        let vector = life.vector
        let isQuick = life.id == "sentinel" || vector.steps.contains(where: \.isDue)
        let month = isQuick ? "02" : vector.paysAfterRevocation ? "03" : vector.isHeld ? "04" : "01"
        return Requests.cancellation(life.id) { request in
            request["submitted_at"] = Date().ISO8601Format()
            var invoice = request["invoice"] as? [String: Any] ?? [:]
            invoice["issued_on"] = "2022-\(month)-02"
            request["invoice"] = invoice
        }
    }

    private func publish(_ life: Life, as body: (Life) -> [UInt8]) throws { try broker.publish([body(life)]) }

    private func publishWithdrawal(of life: Life) throws {
        let withdrawal = ["request_id": life.id, "submitted_at": Date().ISO8601Format()]
        try broker.publish([json(withdrawal)], as: "refund.withdrawn")
    }

    private func publish(
        _ bodies: [[UInt8]], as type: String, to exchange: String, from life: Life, _ round: Int
    ) throws {
        var properties = Properties()
        properties.messageID = "\(life.id)/told/\(round)"
        try broker.publish(bodies, as: type, to: broker.prefix + exchange, properties: properties)
    }

    private func json(_ members: [String: Any]) -> [UInt8] {
        (try? Array(JSONSerialization.data(withJSONObject: members, options: [.sortedKeys]))) ?? []
    }
}

extension LifeRun {
    /// What each vector names, as it came out.
    func outcomes() throws -> [(Life, LifeVector.Expectation)] {
        let statuses = try statuses()
        return lives.map { life in
            let names = life.vector.expect
            var outcome = names
            if names.status != nil { outcome.status = statuses[life.id] }
            if names.payouts != nil { outcome.payouts = keys(of: "payout", of: life) }
            if names.revocations != nil { outcome.revocations = keys(of: "revoke", of: life) }
            if names.alerts != nil {
                outcome.alerts = messages(in: "refund.alerts", of: life).compactMap { $0["code"] as? String }
            }
            let notices = messages(in: "refund.notices", of: life)
            if names.notices != nil { outcome.notices = notices.map { String($0.id.dropFirst(life.id.count + 1)) } }
            let settled = notices.last { $0.properties.type == "notice.settled" }
            if names.settledRefund != nil { outcome.settledRefund = settled?["refund", "amount"] as? String }
            if names.paidBy != nil {
                outcome.paidBy = (settled?["paid_by"] as? [[String: Any]])?.map { part in
                    let amount = (part["amount"] as? [String: Any])?["amount"] ?? part["amount"]
                    return "\(part["means"] as? String ?? "") \(amount as? String ?? "")"
                }
            }
            if names.fundsAreFromToday {
                let earliest = settled?["funds_expected", "earliest"] as? String ?? ""
                outcome.fundsAreFromToday = earliest >= Date().addingTimeInterval(-600).ISO8601Format().prefix(10)
            }
            if names.dead != nil {
                outcome.dead = seen["refund.dead", default: []].last { $0.id.hasPrefix("\(life.id)/told/") }?
                    .header("refund-error-code")
            }
            return (life, outcome)
        }
    }

    private func messages(in queue: String, of life: Life) -> [Message] {
        seen[queue, default: []].filter { $0["request_id"] as? String == life.id }
    }

    private func keys(of command: String, of life: Life) -> [String] {
        let mark = "\(life.id)/\(command)"
        let queue = command == "payout" ? "payout.issue" : "access.revoke"
        return seen[queue, default: []].map(\.id).filter { $0.hasPrefix(mark + "#") }.map {
            String($0.dropFirst(mark.count))
        }
    }

    private func statuses() throws -> [String: String] {
        var statuses: [String: String] = [:]
        for line in try broker.run("cases", "list", "--limit", "1000", "--json").output.split(separator: "\n") {
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            if let id = row?["request_id"] as? String { statuses[id] = row?["status"] as? String }
        }
        return statuses
    }
}

extension LifeVector {
    fileprivate var startsWithWithdrawal: Bool { has(.withdrawnBefore) }

    fileprivate func has(_ wanted: Withdrawn) -> Bool {
        steps.contains { step in
            switch (step, wanted) {
            case (.withdrawnBefore, .withdrawnBefore), (.withdrawnBehind, .withdrawnBehind): true
            default: false
            }
        }
    }

    fileprivate enum Withdrawn { case withdrawnBefore, withdrawnBehind }
}

extension LifeVector.Step {
    fileprivate var isDue: Bool { if case .due = self { true } else { false } }
}
