import AMQPClient
import Foundation
import Testing

/// The users of `deploy/rabbitmq/definitions.json` on a real broker: what each may do, and that it may do nothing else.
@Suite("The broker's users", .serialized)
struct PermissionsTests {
    private static let queues = TestBroker.queues
    /// Whom the contract lets write where (§ 2), by each exchange with a key that it routes.
    private static let writers: [String: (key: String, users: Set<String>)] = [
        "refund.intake": ("refund.requested", ["refund-upstream"]),
        "refund.people": ("refund.reviewed", ["refund-operator", "refund-console"]),
        "refund.access": ("command.succeeded", ["refund-access"]),
        "refund.payout": ("command.succeeded", ["refund-payout"]),
        "refund.replay": ("refund.requested", ["refund-replay", "refund-console"]),
        "refund.commands": ("payout.issue", ["refund-worker"]),
        "refund.events": ("notice.decided", ["refund-worker"]),
        "refund.dead": ("any", ["refund-worker"]),
        "refund.unrouted": ("any", []),
        "": ("payout.issue", []),
        "amq.topic": ("refund.reviewed", []),
    ]
    private static let readers: [String: Set<String>] = [
        "refund.requests": ["refund-worker"], "refund.replies": ["refund-worker"], "access.revoke": ["refund-access"],
        "payout.issue": ["refund-payout"], "refund.notices": ["refund-mail"],
        "refund.alerts": ["refund-operator", "refund-console"],
        "refund.dead": ["refund-operator", "refund-console", "refund-replay"],
        "refund.unrouted": ["refund-operator", "refund-console"],
    ]
    private static let users = [
        "refund-upstream", "refund-listener", "refund-worker", "refund-access", "refund-payout", "refund-mail",
        "refund-operator", "refund-console", "refund-replay", "refund-scaler",
    ]

    /// What a sender may try beside publishing plainly.
    private enum Trick: CaseIterable {
        case plain, lineEnd, copy, blindCopy, forgedUser
    }

    @Test("each publishes through its own exchange and no other, whatever the key and the headers say")
    func publishing() throws {
        let broker = try DefinedBroker()
        for user in PermissionsTests.users {
            for (exchange, route) in PermissionsTests.writers {
                for trick in Trick.allCases {
                    var properties = Properties()
                    if trick == .copy { properties.headers = ["CC": .array([.text("refund.reviewed")])] }
                    if trick == .blindCopy { properties.headers = ["BCC": .array([.text("refund.reviewed")])] }
                    if trick == .forgedUser { properties.userID = "refund-operator" }
                    let key = trick == .lineEnd ? route.key + "\n" : route.key
                    let isTaken = try broker.attempt(as: user) { connection throws(AMQPError) in
                        try publish(to: exchange, key, properties, on: connection)
                    }
                    // The broker refuses another's name by the same error as a missing right, or as a failed precondition.
                    let mayForge = trick != .forgedUser || user == "refund-operator"
                    #expect(
                        isTaken == (route.users.contains(user) && mayForge),
                        "\(user) publishes to \(exchange), \(trick)")
                }
            }
        }
    }

    @Test("each reads its own queue, and none makes, binds or empties what is another's")
    func reading() throws {
        let broker = try DefinedBroker()
        for user in PermissionsTests.users {
            for queue in PermissionsTests.queues {
                let mayRead = PermissionsTests.readers[queue]?.contains(user) ?? false
                let isRead = try broker.attempt(as: user) { connection throws(AMQPError) in
                    _ = try connection.consume(queue: queue, prefetch: 1)
                }
                #expect(isRead == mayRead, "\(user) reads \(queue)")
                // What some may read, what nobody may, and what brings messages in.
                for exchange in ["refund.events", "refund.commands", "refund.people"] {
                    let isBound = try broker.attempt(as: user) { connection throws(AMQPError) in
                        try connection.bind(queue: queue, to: exchange, routingKey: "#")
                    }
                    #expect(!isBound, "\(user) binds \(queue) to \(exchange)")
                }
            }
            let isMade = try broker.attempt(as: user) { connection throws(AMQPError) in
                _ = try connection.declareQueue("refund.copies", arguments: ["x-queue-type": "quorum"])
            }
            #expect(!isMade, "\(user) makes a queue")
            // That much RabbitMQ allows to everybody, and autoscalers go by it.
            let isSeen = try broker.attempt(as: user) { connection throws(AMQPError) in
                _ = try connection.inspectQueue("refund.requests")
            }
            #expect(isSeen, "\(user) sees how long a queue is")
        }
    }

    @Test("a listener hears what is told to everybody, and finds no way from its own queues and exchanges into ours")
    func listening() throws {
        let broker = try DefinedBroker()
        let listener = "refund-listener"
        for (exchange, isExpected) in [
            ("refund.events", true), ("refund.commands", false), ("refund.intake", false), ("refund.dead", false),
        ] {
            let isBound = try broker.attempt(as: listener) { connection throws(AMQPError) in
                _ = try connection.declareQueue("listener.shop", arguments: ["x-queue-type": "quorum"])
                try connection.bind(queue: "listener.shop", to: exchange, routingKey: "notice.*")
            }
            #expect(isBound == isExpected, "\(exchange)")
        }
        for exchange in PermissionsTests.writers.keys where exchange.hasPrefix("refund.") {
            let deadLetters = try broker.attempt(as: listener) { connection throws(AMQPError) in
                _ = try connection.declareQueue(
                    "listener.dead", arguments: ["x-queue-type": "quorum", "x-dead-letter-exchange": .text(exchange)])
            }
            #expect(!deadLetters, "a queue that dead-letters into \(exchange)")
            let alternates = try broker.attempt(as: listener) { connection throws(AMQPError) in
                try connection.declareExchange("listener.front", type: .topic, alternate: exchange)
            }
            #expect(!alternates, "an exchange whose alternate is \(exchange)")
        }
    }

    private func publish(
        to exchange: String, _ key: String, _ properties: Properties, on connection: Connection
    ) throws(AMQPError) {
        _ = try connection.publish(
            OutgoingMessage(
                exchange: exchange, routingKey: key, mandatory: true, properties: properties, body: [123, 125]))
        // A refusal closes the channel, before any answer.
        while let event = try connection.receive(waitingAtMost: .seconds(60)) {
            if case .confirmed = event { break }
        }
    }

    @Test("with these rights and no more, a request is decided, paid and settled, and the topology is as it should be")
    func wholeLife() throws {
        let broker = try DefinedBroker()
        let worker = try WorkerProcess(["run"], environment: try broker.environment(of: "refund-worker"))
        try worker.waitForLog("refund.requests")
        // To compare what is there takes the right to make it, which only an administrator has.
        let checked = try WorkerProcess.run(["topology", "check"], environment: broker.administration)
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        let file = broker.directory.appendingPathComponent("request.json")
        try Data(Requests.cancellation("rr-1")).write(to: file)
        let submitted = try WorkerProcess.run(
            ["submit", file.path], environment: try broker.environment(of: "refund-upstream"))
        #expect(submitted.status == 0, "\(submitted.errors)")
        for (user, queue) in [("refund-access", "access.revoke"), ("refund-payout", "payout.issue")] {
            try answer(try broker.open(as: user), queue)
        }
        let mail = try broker.open(as: "refund-mail")
        let told = [try next(mail, "refund.notices"), try next(mail, "refund.notices")]
        #expect(told.map(\.properties.type) == ["notice.decided", "notice.settled"])
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    /// Does what a command says, and replies.
    private func answer(_ connection: Connection, _ queue: String) throws {
        try connection.enableConfirms()
        let command = try next(connection, queue)
        let reply =
            #"{"command_id":"\#(command["command_id"] ?? "")","#
            + #""idempotency_key":"\#(command["idempotency_key"] ?? "")","occurred_at":"2022-02-22T10:00:00Z"}"#
        _ = try connection.publish(
            OutgoingMessage(
                exchange: command.properties.replyTo ?? "", routingKey: "command.succeeded", mandatory: true,
                body: Array(reply.utf8)))
        guard case .confirmed = try connection.receive(waitingAtMost: .seconds(60)) else {
            throw Missing(what: "the confirm of a reply")
        }
    }

    private func next(_ connection: Connection, _ queue: String) throws -> Message {
        let tag = try connection.consume(queue: queue, prefetch: 1)
        while let event = try connection.receive(waitingAtMost: .seconds(120)) {
            guard case .delivery(let delivery) = event else { continue }
            try connection.acknowledge(delivery.tag)
            try connection.cancel(tag)
            return try Message(delivery)
        }
        throw Missing(what: "a message in \(queue)")
    }
}

/// A node into which the definitions were imported, with passwords made up for their users.
private final class DefinedBroker {
    let directory: URL
    private let node: PrivateNode

    init() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("refund-definitions-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        node = try PrivateNode()
        let definitions = directory.appendingPathComponent("definitions.json")
        try DefinedBroker.writeDefinitions(
            to: definitions, passwords: directory.appendingPathComponent("passwords"))
        try node.control("import_definitions", definitions.path)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private static func writeDefinitions(to file: URL, passwords: URL) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("deploy/rabbitmq/with-passwords")
        try Data().write(to: file)
        let process = Process()
        process.executableURL = script
        process.arguments = [passwords.path, "--make"]
        process.standardOutput = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing(what: "the definitions") }
    }

    private func url(of user: String) throws -> String {
        let file = directory.appendingPathComponent("passwords/\(user)")
        let password = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        guard var parts = URLComponents(string: node.url) else { throw Missing(what: "the node's address") }
        (parts.user, parts.password) = (user, password)
        return parts.string ?? ""
    }

    func environment(of user: String) throws -> [String: String] {
        [
            "REFUND_WORKER_AMQP_URL": try url(of: user),
            "REFUND_WORKER_STORE_URL": "sqlite:\(directory.path)/cases.sqlite",
        ]
    }

    /// For the user that a new node has.
    var administration: [String: String] { ["REFUND_WORKER_AMQP_URL": node.url] }

    func open(as user: String) throws -> Connection {
        guard let endpoint = try Endpoint.list(from: url(of: user)).first else { throw Missing(what: "an endpoint") }
        return try Connection.open(endpoint, options: ConnectionOptions(), epoch: Epoch(1))
    }

    /// Tries something on a connection of its own, since a refusal ends the channel.
    ///
    /// - Returns: whether the broker allowed it.
    func attempt(as user: String, _ body: (Connection) throws(AMQPError) -> Void) throws -> Bool {
        let connection = try open(as: user)
        defer { connection.close() }
        try connection.enableConfirms()
        do throws(AMQPError) {
            try body(connection)
            return true
        } catch {
            guard [.accessRefused, .preconditionFailed].contains(error.code) else { throw error }
            return false
        }
    }
}
