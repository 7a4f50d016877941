import AMQPClient
import Foundation
import Testing

/// Whoever sends messages writes into what operators look at: the log, tables, JSON on a terminal, pages.
@Suite("What strangers send is shown safely, and masked", .serialized)
struct HostileTextTests {
    /// Everything that shows something, with what it is about.
    private static let looks: [[String]] = [
        ["cases", "list"], ["cases", "show", "rr-1"], ["cases", "show", "rr-2"], ["cases", "parked"], ["deadlines"],
        ["dead", "list"], ["dead", "replay", "--all", "--dry-run"], ["dead", "discard", "--all", "--dry-run"],
        ["queues", "peek", "refund.dead"], ["queues", "peek", "refund.alerts"], ["queues", "peek", "refund.notices"],
        ["queues", "peek", "refund.unrouted"], ["queues", "peek", "payout.issue"], ["queues", "peek", "access.revoke"],
        ["payouts", "status"], ["policy"], ["config"], ["doctor"], ["topology", "check"], ["evaluate", "-"],
        ["submit", "--type", "refund.requested", "-"], ["version"],
    ]

    private static let name = "\u{202E}ann\u{200B}\u{9B}31m"

    private static func person(_ type: String, _ id: String, _ more: [String: Any]) throws -> [UInt8] {
        var body: [String: Any] = [
            "action_id": id, "by": name, "note": "n\(HostileText.marks)\(HostileText.line)",
        ]
        body.merge(more) { $1 }
        return Array(try JSONSerialization.data(withJSONObject: body, options: [.sortedKeys]))
    }

    /// A worker's whole day among hostile senders: cases, replies, persons, parked and dead letters.
    private func fill(_ broker: TestBroker, _ worker: WorkerProcess) throws {
        var properties = Properties()
        properties.messageID = "m-1\(HostileText.line)\(HostileText.marks)"
        properties.correlationID = "c\(HostileText.marks)"
        properties.applicationID = "a\(HostileText.marks)"
        properties.headers = [
            "x-customer": .text("hidden-header"), "x\u{1B}[2J\n": .text("hidden-header"),
            "refund-source-queue": .text("q\(HostileText.marks)"),
        ]
        try broker.publish([HostileText.request("rr-1")], properties: properties)
        _ = try broker.take(1, from: "refund.notices")
        try broker.publish(
            [
                try HostileTextTests.person(
                    "refund.reviewed", "a-1",
                    ["request_id": "rr-1", "verdict": "approve", "reference": "r\(HostileText.marks)"])
            ], as: "refund.reviewed", properties: properties)
        _ = try broker.take(1, from: "refund.notices")
        let failed: [String: Any] = [
            "command_id": "rr-1/payout", "idempotency_key": "rr-1/payout#1", "occurred_at": "2022-02-22T09:31:00Z",
            "code": HostileText.identifier, "message": "m\(HostileText.marks)\(HostileText.line)", "retryable": false,
        ]
        try broker.publish(
            [Array(try JSONSerialization.data(withJSONObject: failed))], as: "command.failed", properties: properties)
        _ = try broker.take(1, from: "refund.alerts")
        try broker.publish([HostileText.request("rr-2")], properties: properties)
        // Parked, and dead: about nothing, no JSON, another type.
        try broker.publish(
            [try HostileTextTests.person("refund.retried", "a-2", ["request_id": "rr-never"])], as: "refund.retried",
            properties: properties)
        try broker.publish([Array("no JSON \(HostileText.marks) hidden@example.com".utf8)], properties: properties)
        properties.type = "t\(HostileText.marks)\(HostileText.line)"
        try broker.publish([HostileText.request("rr-3")], properties: properties)
        try broker.publish(
            [try HostileTextTests.person("payouts.paused", "a-3", [:])], as: "payouts.paused")
        try worker.waitForLog("parked")
        while try broker.count(in: "refund.dead") < 2 || broker.count(in: "refund.alerts") < 1 {
            _ = try broker.raw.receive(waitingAtMost: .milliseconds(10))
        }
    }

    @Test(
        "no command lets a sender's text act on a terminal, and none shows unasked what is masked",
        arguments: [true, false])
    func commands(onPostgres: Bool) throws {
        let server = onPostgres ? ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"] : nil
        if onPostgres { try #require(server != nil, "run the tests with deploy/test, which starts PostgreSQL") }
        let broker = try TestBroker(postgres: server)
        let worker = try broker.startWorker()
        try fill(broker, worker)
        let input = String(decoding: HostileText.request("rr-4"), as: UTF8.self) + "\nno JSON \(HostileText.marks)\n"
        for look in HostileTextTests.looks {
            for more in [[], ["--json"]] {
                let ran = try WorkerProcess.run(look + more, environment: broker.environment, input: input)
                let shown = ran.output + ran.errors
                #expect(HostileText.hidden(in: shown) == [], "\(look + more): \(shown)")
                // A line of a sender's own would stand at a line's beginning.
                #expect(!shown.contains("\n2022-02-22T09:30:00.000000Z"), "\(look + more): \(shown)")
                guard look[0] != "evaluate" else { continue }
                for secret in HostileText.secrets { #expect(!shown.contains(secret), "\(look + more): \(shown)") }
            }
        }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        try check(worker.log)
    }

    /// The log in text: each line is one of ours, and no pair of a sender's.
    private func check(_ log: String) throws {
        #expect(HostileText.hidden(in: log) == [], "\(log)")
        let forged = log.split(separator: "\n").filter { $0.hasPrefix("2022-02-22T09:30:00.000000Z") }
        #expect(forged == [])
        #expect(log.split(separator: "\n").allSatisfy { $0.firstMatch(of: /^\d{4}-\d\d-\d\dT\S+Z [a-z]+ +\S/) != nil })
        #expect(!log.contains(" by=boss"), "\(log)")
        for secret in HostileText.secrets { #expect(!log.contains(secret)) }
    }

    @Test("what is masked is shown to whoever asks, and the asking is told with their name")
    func unmasking() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        try fill(broker, worker)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let user = NSUserName()
        for look in [["cases", "show", "rr-1"], ["queues", "peek", "refund.dead"]] {
            for more in [[], ["--json"]] {
                let ran = try WorkerProcess.run(
                    look + ["--unmask"] + more,
                    environment: broker.environment.merging(["REFUND_WORKER_LOG_LEVEL": "critical"]) { $1 })
                #expect(ran.status == 0, "\(ran.errors)")
                #expect(ran.output.contains("hidden@example.com"), "\(look)")
                #expect(HostileText.hidden(in: ran.output) == [], "\(look)")
                #expect(ran.errors.contains("what is masked was shown by=\(user)@"), "\(ran.errors)")
                #expect(ran.errors.contains(look[0]) && ran.errors.contains(look[2].suffix(4)), "\(ran.errors)")
            }
        }
    }

    @Test("dead letters tell by whose exchange they came and who sent them; a trial tells which are refused, and why")
    func origins() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        try broker.publish([Array("{}".utf8)], as: "refund.reviewed")
        try broker.publish([Array("{}".utf8)])
        _ = try worker.waitForLog("dead letter")
        while try broker.count(in: "refund.dead") < 2 { _ = try broker.raw.receive(waitingAtMost: .milliseconds(10)) }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let user = broker.raw.endpoint.user
        let listed = try broker.run("dead", "list", "--json").output.split(separator: "\n")
        #expect(listed.contains { $0.contains("refund.people\"") && $0.contains("\"user\":\"\(user)\"") }, "\(listed)")
        #expect(listed.contains { $0.contains("\"source_exchange\":\"\(broker.prefix)refund.intake\"") }, "\(listed)")
        let table = try broker.run("dead", "list").output
        #expect(table.contains("\(broker.prefix)refund.people") && table.contains(user), "\(table)")
        for _ in 0..<2 {
            let tried = try broker.run("dead", "replay", "--all", "--dry-run")
            #expect(tried.status == 3)
            #expect(tried.output.contains("NOT SENT AGAIN: a person said it"), "\(tried.output)")
            #expect(tried.errors.contains("1 would not be sent again"), "\(tried.errors)")
        }
        let peeked = try broker.run("queues", "peek", "refund.dead", "--json").output
        #expect(peeked.contains("\"exchange\":\"\(broker.prefix)refund.dead\""), "\(peeked)")
        #expect(peeked.contains("\"refund-source-exchange\":\"\(broker.prefix)refund.people\""), "\(peeked)")
        #expect(peeked.contains("\"refund-original-user-id\":\"\(user)\""), "\(peeked)")
        #expect(try broker.count(in: "refund.dead") == 2)
    }
}
