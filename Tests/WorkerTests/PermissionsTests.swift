import AMQPClient
import Foundation
import Testing

/// The users of `deploy/rabbitmq/definitions.json` on a real broker: what each may do, and that it may do nothing else.
@Suite("The broker's users", .serialized)
struct PermissionsTests {
    private static let queues = TestBroker.queues
    /// What there is to publish: exchange and routing key.
    private static let routes = [
        "refund.intake refund.requested", "refund.intake refund.withdrawn", "refund.intake refund.reviewed",
        "refund.intake refund.retried", "refund.intake command.succeeded", "refund.intake command.failed",
        "refund.outbound access.revoke", "refund.outbound payout.issue", "refund.outbound notice.decided",
        "refund.dead any", "refund.unrouted any", " refund.replies", " payout.issue",
    ]

    private static let allowed: [String: (reads: [String], sends: [String])] = [
        "refund-upstream": ([], Array(routes[0...1])),
        "refund-worker": (["refund.requests", "refund.replies"], Array(routes[6...8]) + ["refund.dead any"]),
        "refund-access": (["access.revoke"], Array(routes[4...5])),
        "refund-payout": (["payout.issue"], Array(routes[4...5])),
        "refund-mail": (["refund.notices"], []),
        "refund-operator": (["refund.alerts", "refund.dead", "refund.unrouted"], Array(routes[0...5])),
        "refund-scaler": ([], []),
    ]

    @Test("each reads and publishes what is its own, and is refused everything else")
    func permissions() throws {
        let broker = try DefinedBroker()
        for (user, allowed) in PermissionsTests.allowed {
            for queue in PermissionsTests.queues {
                let isTaken = try broker.attempt(as: user) { connection throws(AMQPError) in
                    _ = try connection.consume(queue: queue, prefetch: 1)
                }
                #expect(isTaken == allowed.reads.contains(queue), "\(user) reads \(queue)")
            }
            for route in PermissionsTests.routes {
                let parts = route.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                let isTaken = try broker.attempt(as: user) { connection throws(AMQPError) in
                    _ = try connection.publish(
                        OutgoingMessage(exchange: parts[0], routingKey: parts[1], mandatory: true, body: [123, 125]))
                    // A refusal closes the channel, before any answer.
                    while let event = try connection.receive(waitingAtMost: .seconds(60)) {
                        if case .confirmed = event { break }
                    }
                }
                #expect(isTaken == allowed.sends.contains(route), "\(user) publishes \(route)")
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

    @Test("an upstream may listen to notices, and to nothing else that goes out")
    func listening() throws {
        let broker = try DefinedBroker()
        for (key, isExpected) in [("notice.*", true), ("payout.issue", false), ("#", false), ("*.*", false)] {
            let isBound = try broker.attempt(as: "refund-upstream") { connection throws(AMQPError) in
                _ = try connection.declareQueue("upstream.shop", arguments: ["x-queue-type": "quorum"])
                try connection.bind(queue: "upstream.shop", to: "refund.outbound", routingKey: key)
            }
            #expect(isBound == isExpected, "\(key)")
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
        let reply = #"{"command_id":"\#(command["command_id"] ?? "")","occurred_at":"2022-02-22T10:00:00Z"}"#
        _ = try connection.publish(
            OutgoingMessage(
                exchange: "refund.intake", routingKey: "command.succeeded", mandatory: true, body: Array(reply.utf8)))
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
            guard error.code == .accessRefused else { throw error }
            return false
        }
    }
}
