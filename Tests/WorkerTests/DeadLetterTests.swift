import AMQPClient
import Foundation
import Testing

@Suite("What can't be read ends in refund.dead, whole and with its reason", .serialized)
struct DeadLetterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let code: String
        let body: [UInt8]
        var type = "refund.requested"
        var detail = ""
        var routingKey = "refund.requested"

        var testDescription: String { code }
    }

    static let cases: [Case] = [
        Case(code: "not_json", body: Array("{\"request_id\": ".utf8), detail: "byte"),
        Case(code: "not_json", body: [], detail: "ends"),
        Case(code: "not_json", body: Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8), detail: "UTF-8"),
        Case(code: "not_json", body: Array(String(repeating: "[", count: 60_000).utf8), detail: "nested"),
        Case(code: "too_large", body: [UInt8](repeating: 0, count: 1 << 20), detail: "65536"),
        Case(code: "invalid_field", body: Array("[]".utf8), detail: "object"),
        Case(
            code: "invalid_field", body: Array("{\"request_id\":\"a\",\"request_id\":\"b\"}".utf8), detail: "request_id"
        ),
        Case(code: "invalid_field", body: Requests.cancellation("bad id!"), detail: "request_id"),
        Case(
            code: "invalid_field",
            body: Requests.cancellation("d-1") { $0["usage"] = ["included": 1e300, "remaining": 1] },
            detail: "usage.included"),
        Case(
            code: "invalid_amount", body: paying(["amount": 10.0, "currency": "USD"]), detail: "invoice.paid.amount"),
        Case(
            code: "invalid_amount", body: paying(["amount": "10.001", "currency": "USD"]),
            detail: "invoice.paid.amount"),
        Case(
            code: "unknown_currency", body: paying(["amount": "10.00", "currency": "DOLLARS"]),
            detail: "invoice.paid.currency"),
        Case(code: "unsupported_version", body: Requests.cancellation("d-2") { $0["version"] = 1 }),
        Case(code: "unknown_type", body: Requests.cancellation("d-3"), type: "refund.wished"),
        Case(
            code: "submitted_in_future",
            body: Requests.cancellation("d-4") { $0["submitted_at"] = "2999-01-01T00:00:00Z" }),
        Case(
            code: "unknown_request",
            body: Array("{\"request_id\":\"never-came\",\"submitted_at\":\"2022-02-22T09:30:00Z\"}".utf8),
            type: "refund.withdrawn", routingKey: "refund.withdrawn"),
        Case(
            code: "invalid_field",
            body: Array(#"{"command_id":"d-6/payout","occurred_at":"2022-02-22T09:30:00Z"}"#.utf8),
            type: "command.succeeded", detail: "type: the AMQP property says command.succeeded"),
    ]

    private static func paying(_ amount: [String: Any]) -> [UInt8] {
        Requests.cancellation("d-pay") { request in
            request["invoice"] = [
                "number": "INV-1", "issued_on": "2022-02-12", "paid": amount, "proof_of_payment": "p",
            ]
        }
    }

    @Test("each code, with body and properties kept, and the innocents beside it go through")
    func codes() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker(["REFUND_WORKER_WORKER_PARKING": "200ms"])
        for (number, dead) in DeadLetterTests.cases.enumerated() {
            var properties = Properties()
            properties.messageID = "m-\(number)"
            properties.type = dead.type
            properties.expiration = "86400000"
            properties.userID = "guest"
            properties.headers = ["upstream": .table(["shop": "north", "try": 7])]
            try broker.publish([dead.body], as: dead.routingKey, properties: properties)
            try broker.publish([Requests.cancellation("innocent-\(number)")])
        }
        let messages = try broker.take(DeadLetterTests.cases.count, from: "refund.dead")
        let byID = Dictionary(messages.map { ($0.id, $0) }) { first, _ in first }
        for (number, expected) in DeadLetterTests.cases.enumerated() {
            let message = try #require(byID["m-\(number)"])
            let label = Comment(rawValue: "case \(number), \(expected.code)")
            #expect(message.header("refund-error-code") == expected.code, label)
            let detail = message.header("refund-error-detail") ?? ""
            #expect(!detail.isEmpty && (expected.detail.isEmpty || detail.contains(expected.detail)), label)
            #expect(message.header("refund-source-queue") == broker.prefix + "refund.requests", label)
            // One was parked, and tried once more.
            let attempts: Int64 = expected.code == "unknown_request" ? 2 : 1
            #expect(message.properties.headers?["refund-attempts"]?.integer == attempts, label)
            #expect(message.header("refund-dead-at")?.hasSuffix("Z") == true, label)
            #expect(message.body == expected.body, label)
            #expect(message.properties.type == expected.type, label)
            #expect(message.properties.headers?["upstream"] == .table(["shop": "north", "try": 7]), label)
            #expect(message.properties.expiration == nil, "a dead letter must not expire")
        }
        #expect(
            try broker.take(DeadLetterTests.cases.count, from: "refund.notices").count == DeadLetterTests.cases.count)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        #expect(try broker.count(in: "refund.requests") == 0)
        #expect(!worker.log.contains("pm_"), "payment tokens never reach the log")
        #expect(!worker.log.contains("mailto:"), "contacts never reach the log")
    }

    @Test("what a sender has written of the death of a body that the worker does not hold is not believed")
    func forgedDeath() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        var properties = Properties()
        properties.messageID = "forged"
        properties.headers = [
            "refund-error-code": .text("unknown_request"), "refund-error-detail": .text("all is well"),
            "refund-source-queue": .text("elsewhere"), "refund-dead-at": .text("2020-01-01T00:00:00Z"),
            "refund-source-exchange": .text(broker.prefix + "refund.intake"), "refund-attempts": .int32(987_654_321),
            "refund-source-routing-key": .text("refund.requested"),
            "x-death": .array([.table(["queue": .text("elsewhere"), "reason": .text("all is well")])]),
            "x-first-death-queue": .text("elsewhere"), "x-first-death-reason": .text("all is well"),
            "x-first-death-exchange": .text("elsewhere"),
        ]
        try broker.publish([[UInt8](repeating: 0x7B, count: 3 << 19)], properties: properties)
        // Another one behind it, so that the first is dead once the worker has ended.
        try broker.publish([Requests.cancellation("innocent")])
        _ = try broker.take(1, from: "refund.notices")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        for command in [["dead", "list"], ["queues", "peek", "refund.dead"]] {
            for format in [[], ["--json"]] {
                let told = try WorkerProcess.run(command + format, environment: broker.environment)
                #expect(told.status == 0)
                #expect(told.output.contains("forged"), "\(command)")
                for word in ["unknown_request", "all is well", "elsewhere", "2020-01-01", "987654321"] {
                    #expect(!told.output.contains(word), "\(command + format): \(told.output)")
                }
            }
        }
        #expect(try broker.run("dead", "replay", "--all", "--from", "intake").status != 0)
    }

    /// One more than the largest number ended the worker, and each that had it delivered next.
    @Test("what a sender writes of deliveries counts for nothing", arguments: [Int64.max, .min, 41])
    func forgedCount(number: Int64) throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        var properties = Properties()
        properties.headers = ["x-delivery-count": .int64(number)]
        try broker.publish([Array("no JSON".utf8)], properties: properties)
        let letter = try broker.take(1, from: "refund.dead")[0]
        #expect(letter.properties.headers?["refund-attempts"]?.integer == 1)
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("headers that can't be kept are said to be missing, and all other properties are kept")
    func lostHeaders() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let headers: [(FieldTable, String?)] = [
            (["long": .longString([UInt8](repeating: 97, count: 70_000))], "larger than 65536 bytes"),
            (["short": .text("kept"), "refund-lost": .text("a sender's own")], nil),
        ]
        for (number, (headers, _)) in headers.enumerated() {
            var properties = Properties()
            properties.messageID = "m-\(number)"
            properties.contentType = "text/plain"
            properties.applicationID = "shop"
            properties.expiration = "86400000"
            properties.headers = headers
            try broker.publish([Array("no JSON".utf8)], properties: properties)
        }
        let letters = try broker.take(headers.count, from: "refund.dead")
        for (number, (_, loss)) in headers.enumerated() {
            let letter = try #require(letters.first { $0.id == "m-\(number)" })
            if let loss {
                #expect(letter.header("refund-lost")?.contains(loss) == true)
            } else {
                #expect(letter.header("refund-lost") == nil && letter.header("short") == "kept")
            }
            #expect(letter.properties.contentType == "text/plain" && letter.properties.applicationID == "shop")
            #expect(letter.header("refund-original-expiration") == "86400000")
        }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("a replay into a full queue says that it is full and how to go on, and the same command finishes it")
    func fullReplay() throws {
        let node = try PrivateNode()
        let broker = try TestBroker(url: node.url)
        let worker = try broker.startWorker()
        let bad = (1...30).map { Array("bad \($0)".utf8) }
        try broker.publish(bad)
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "refund.notices")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let queue = NSRegularExpression.escapedPattern(for: broker.prefix + "refund.requests")
        let limit = #"{"max-length":1,"overflow":"reject-publish"}"#
        try node.control("set_policy", "full", "^\(queue)$", limit, "--apply-to", "queues")
        let first = try broker.run("dead", "replay", "--all")
        #expect(first.status == 1)
        #expect(first.errors.contains("is full: once the workers have caught up run the same command again"))
        #expect(first.errors.contains("doctor --only queues"))
        let left = try broker.count(in: "refund.dead")
        #expect(left > 20)
        #expect(try broker.count(in: "refund.requests") + left == bad.count, "none is lost, none is twice there")
        try node.control("clear_policy", "full")
        #expect(try broker.run("dead", "replay", "--all").status == 0)
        #expect(Set(try broker.takeAll(from: "refund.requests").map(\.body)) == Set(bad))
        #expect(try broker.count(in: "refund.dead") == 0)
    }

    @Test("a body beyond what is held goes to refund.dead by the broker, whole")
    func beyondHolding() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let body = [UInt8](repeating: 0x7B, count: 3 << 20)
        try broker.publish([body])
        #expect(try broker.take(1, from: "refund.dead")[0].body == body)
        try worker.waitForLog("bytes=\(body.count)")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }
}
