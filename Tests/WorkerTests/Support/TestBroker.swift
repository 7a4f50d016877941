import AMQPClient
import Foundation

/// A private corner of the test broker: names with a prefix of their own, declared by the program itself.
final class TestBroker {
    let prefix: String
    let environment: [String: String]
    let directory: URL
    private var endpoint: Endpoint
    private var connection: Connection

    /// - Parameters:
    ///   - url: another broker than the one that all tests share.
    ///   - postgres: keeps the cases on that server, in a schema of their own, instead of in SQLite.
    /// - Throws: when no broker was given; `deploy/test` starts one.
    init(policy: String? = nil, url: String? = nil, postgres: String? = nil) throws {
        guard let url = url ?? ProcessInfo.processInfo.environment["TEST_AMQP_URL"] else {
            throw Missing(what: "TEST_AMQP_URL (run the tests with deploy/test, which starts a broker)")
        }
        prefix = "t\(UInt32.random(in: 0 ... .max))."
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("refund-worker-test-\(prefix)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var environment = [
            "REFUND_WORKER_AMQP_URL": url, "REFUND_WORKER_AMQP_PREFIX": prefix,
            "REFUND_WORKER_STORE_URL": "sqlite:\(directory.path)/cases.sqlite",
        ]
        if let postgres {
            let schema = "options=-c%20search_path%3Dt\(UInt32.random(in: 0 ... .max))"
            environment["REFUND_WORKER_STORE_URL"] = postgres + (postgres.contains("?") ? "&" : "?") + schema
        }
        if let policy {
            let file = directory.appendingPathComponent("policy.yaml")
            try policy.write(to: file, atomically: true, encoding: .utf8)
            environment["REFUND_WORKER_POLICY_FILE"] = file.path
        }
        self.environment = environment
        guard let endpoint = try Endpoint.list(from: url).first else { throw Missing(what: "an endpoint") }
        self.endpoint = endpoint
        connection = try Connection.open(endpoint, options: TestBroker.options, epoch: Epoch(1))
        try connection.enableConfirms()
        let declared = try WorkerProcess.run(["topology", "declare"], environment: environment)
        guard declared.status == 0 else { throw Missing(what: "the topology", log: declared.errors) }
        if postgres != nil {
            let created = try WorkerProcess.run(["store", "create"], environment: environment)
            guard created.status == 0 else { throw Missing(what: "the store", log: created.errors) }
        }
    }

    deinit {
        for queue in TestBroker.queues { _ = try? connection.deleteQueue(prefix + queue) }
        for exchange in TestBroker.exchanges {
            try? connection.deleteExchange(prefix + exchange)
        }
        connection.close()
        try? FileManager.default.removeItem(at: directory)
    }

    private static let options = ConnectionOptions(maximumBodySize: 16 << 20)

    static let queues = [
        "refund.requests", "refund.replies", "access.revoke", "payout.issue", "refund.notices", "refund.alerts",
        "refund.dead", "refund.unrouted",
    ]

    static let exchanges = [
        "refund.intake", "refund.people", "refund.access", "refund.payout", "refund.replay", "refund.commands",
        "refund.events", "refund.dead", "refund.unrouted",
    ]

    /// Where a message of that type belongs (contract § 2); a reply by the command that its body names.
    static func exchange(of type: String, _ body: [UInt8]) -> String {
        if type.hasPrefix("command.") {
            return String(decoding: body, as: UTF8.self).contains("/revoke#") ? "refund.access" : "refund.payout"
        }
        let isPersons = ["refund.reviewed", "refund.retried", "payouts.paused", "payouts.resumed"].contains(type)
        return isPersons ? "refund.people" : "refund.intake"
    }

    /// Starts a worker, and waits until it consumes from those queues.
    func startWorker(
        _ more: [String: String] = [:], consuming queues: [String] = ["refund.replies", "refund.requests"]
    ) throws -> WorkerProcess {
        let worker = try WorkerProcess(["run"], environment: environment.merging(more) { $1 })
        for queue in queues { try worker.waitForLog(prefix + queue) }
        return worker
    }

    /// Runs a command against this corner.
    func run(_ arguments: String..., input: String = "") throws -> WorkerProcess.Result {
        try WorkerProcess.run(arguments, environment: environment, input: input)
    }

    /// Publishes messages as the system does whose they are, and returns when the broker has them.
    ///
    /// - Parameters:
    ///   - exchange: that of the message's sender unless another one is named, as the broker knows it.
    ///   - isSigned: whether what a person says carries the connection's user.
    func publish(
        _ bodies: [[UInt8]], as type: String = "refund.requested", to exchange: String? = nil,
        properties: Properties = Properties(), isSigned: Bool = true
    ) throws {
        var last: UInt64 = 0
        var confirmed = confirmedSoFar
        for body in bodies {
            let name = exchange ?? prefix + TestBroker.exchange(of: type, body)
            var properties = properties
            if isSigned, name.hasSuffix("refund.people"), properties.userID == nil { properties.userID = endpoint.user }
            last = try connection.publish(
                OutgoingMessage(
                    exchange: name, routingKey: type, mandatory: true,
                    properties: properties,
                    body: body))
            if last - confirmed > 500 { try awaitConfirms(of: last - 250, confirmed: &confirmed) }
        }
        try awaitConfirms(of: last, confirmed: &confirmed)
        confirmedSoFar = confirmed
    }

    /// Connects again, after the broker was away; to another node if one is given.
    func reconnect(to url: String? = nil) throws {
        if let url, let other = try Endpoint.list(from: url).first { endpoint = other }
        connection = try Connection.open(endpoint, options: TestBroker.options, epoch: connection.epoch.next)
        try connection.enableConfirms()
        confirmedSoFar = 0
        settled = []
    }

    private var confirmedSoFar: UInt64 = 0
    private var settled: Set<UInt64> = []

    private func awaitConfirms(of sequence: UInt64, confirmed: inout UInt64) throws {
        while confirmed < sequence {
            guard let event = try connection.receive(waitingAtMost: .seconds(60)) else {
                throw Missing(what: "a confirm")
            }
            guard case .confirmed(let confirmation) = event else { continue }
            if confirmation.multiple {
                confirmed = max(confirmed, confirmation.sequence)
            } else {
                settled.insert(confirmation.sequence)
            }
            while settled.remove(confirmed + 1) != nil { confirmed += 1 }
        }
    }

    /// Takes that many messages off a queue, at most 2,000, waiting for each.
    ///
    /// They are acknowledged when all are there: until then the window is full, so that none comes that nobody takes.
    func take(_ count: Int, from queue: String, seconds: Int = 120) throws -> [Message] {
        let tag = try connection.consume(queue: prefix + queue, prefetch: UInt16(clamping: count))
        var deliveries: [Delivery] = []
        let limit = ContinuousClock.now + .seconds(seconds)
        while deliveries.count < count {
            let left = limit - ContinuousClock.now
            guard left > .zero, let event = try connection.receive(waitingAtMost: left) else {
                throw Missing(what: "message \(deliveries.count + 1) of \(count) in \(queue)")
            }
            guard case .delivery(let delivery) = event, delivery.consumerTag == tag else { continue }
            deliveries.append(delivery)
        }
        try connection.cancel(tag)
        for delivery in deliveries { try connection.acknowledge(delivery.tag) }
        return try deliveries.map { try Message($0) }
    }

    /// How many messages wait in a queue.
    func count(in queue: String) throws -> Int {
        Int(try connection.inspectQueue(prefix + queue).messageCount)
    }

    /// Everything that waits in a queue now.
    func takeAll(from queue: String) throws -> [Message] {
        var messages: [Message] = []
        while let (delivery, _) = try connection.get(queue: prefix + queue) {
            try connection.acknowledge(delivery.tag)
            messages.append(try Message(delivery))
        }
        return messages
    }

    /// The test's own connection, for what is special.
    var raw: Connection { connection }
}

/// A message as another system reads it: by Foundation, not by the project's own code.
struct Message {
    let properties: Properties
    let body: [UInt8]
    /// Empty when the body is not a JSON object.
    let json: [String: Any]

    init(_ delivery: Delivery) throws {
        try SeenMessages.note(delivery)
        properties = delivery.properties
        body = delivery.body.bytes ?? []
        json = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }

    var id: String { properties.messageID ?? "" }

    subscript(path: String...) -> Any? {
        var value: Any? = json
        for name in path { value = (value as? [String: Any])?[name] }
        return value
    }

    func header(_ name: String) -> String? {
        properties.headers?[name]?.text
    }
}
