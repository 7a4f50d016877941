import AMQPClient
import Foundation
import Testing

/// The users of `deploy/rabbitmq/definitions.json` on a real broker: what each may do, and that it may do nothing else.
@Suite("The broker's users", .serialized)
struct PermissionsTests {
    /// An exchange, by the contract's table (§ 2).
    private struct Way {
        let exchange: String
        /// A key that it routes, and where what has it comes out.
        let key: String
        let queue: String?
        /// Where it comes out with a line end behind the key.
        let lineEnd: String?
        let writers: Set<String>
        let listeners: Set<String>

        init(
            _ exchange: String, _ key: String, to queue: String?, lineEnd: String? = "refund.unrouted",
            by writers: Set<String>, heardBy listeners: Set<String> = []
        ) {
            (self.exchange, self.key, self.queue, self.lineEnd) = (exchange, key, queue, lineEnd)
            (self.writers, self.listeners) = (writers, listeners)
        }
    }

    private static let ways = [
        Way("refund.intake", "refund.requested", to: "refund.requests", by: ["refund-upstream"]),
        Way("refund.people", "refund.reviewed", to: "refund.replies", by: ["refund-operator", "refund-console"]),
        Way("refund.access", "command.succeeded", to: "refund.replies", by: ["refund-access"]),
        Way("refund.payout", "command.succeeded", to: "refund.replies", by: ["refund-payout"]),
        Way("refund.replay", "refund.requested", to: "refund.requests", by: ["refund-replay", "refund-console"]),
        Way("refund.commands", "payout.issue", to: "payout.issue", lineEnd: nil, by: ["refund-worker"]),
        // A pattern's star takes any word, a line end with it; only workers write there.
        Way(
            "refund.events", "notice.decided", to: "refund.notices", lineEnd: "refund.notices", by: ["refund-worker"],
            heardBy: ["refund-listener"]),
        Way("refund.dead", "any", to: "refund.dead", lineEnd: "refund.dead", by: ["refund-worker"]),
        Way("refund.unrouted", "any", to: "refund.unrouted", by: []),
        // Under a queue's name the default exchange leads straight into it.
        Way("", "payout.issue", to: "payout.issue", lineEnd: nil, by: []),
        Way("", "refund.replies", to: "refund.replies", lineEnd: nil, by: []),
        Way("amq.topic", "refund.reviewed", to: nil, lineEnd: nil, by: []),
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

    /// What somebody may try at an exchange.
    private enum Trick: CaseIterable {
        // What is published to it: under its key, with a line end behind that, with people's keys in `CC` and `BCC`, with the
        // header that names a replay's origin, in another user's name.
        case plain, lineEnd, copy, blindCopy, replay, forgedUser
        // Ways into it from what is one's own: an exchange bound, a queue that dead-letters, an exchange whose alternate it is.
        case exchangeInto, deadLetters, alternate
        // Ways out of it: a queue and an exchange of one's own bound to it. And its end.
        case queueOutOf, exchangeOutOf, deletion
    }

    private enum Outcome: Equatable {
        /// Taken, and found in that queue, or in none.
        case reaches(String?)
        case isDone
        /// Access refused (403).
        case isRefused
        /// A precondition failed (406): the user may publish there, and not in that name.
        case isMismatched
    }

    private static func expected(_ trick: Trick, at way: Way, by user: String) -> Outcome {
        let (writes, listens) = (way.writers.contains(user), way.listeners.contains(user))
        return switch trick {
        case .plain, .copy, .blindCopy, .replay: writes ? .reaches(way.queue) : .isRefused
        case .lineEnd: writes ? .reaches(way.lineEnd) : .isRefused
        case .forgedUser: writes ? .isMismatched : .isRefused
        case .queueOutOf, .exchangeOutOf: listens ? .isDone : .isRefused
        case .exchangeInto, .deadLetters, .alternate, .deletion: .isRefused
        }
    }

    @Test("what each may do at each exchange is the contract's table, whatever it tries")
    func exchanges() throws {
        let broker = try DefinedBroker()
        let administrator = try broker.openAsAdministrator()
        // What a listener may make, and what is nobody else's.
        let listener = try broker.open(as: "refund-listener")
        try listener.declareExchange("listener.front", type: .topic)
        try listener.declareQueue("listener.shop", arguments: ["x-queue-type": "quorum"])
        for user in PermissionsTests.users {
            let visitor = Visitor(try broker.open(as: user))
            for way in PermissionsTests.ways {
                for trick in Trick.allCases {
                    let outcome = try visitor.attempt { connection in
                        let isPublished = try attempt(trick, at: way, by: user, on: connection)
                        return isPublished ? .reaches(try landed(administrator)) : .isDone
                    }
                    #expect(
                        outcome == PermissionsTests.expected(trick, at: way, by: user),
                        "\(user) at \(way.exchange) \(way.key), \(trick)")
                }
            }
        }
    }

    /// - Returns: whether something was published, and not something made.
    private func attempt(_ trick: Trick, at way: Way, by user: String, on connection: Connection) throws -> Bool {
        let people: FieldValue = .array([.text("refund.reviewed"), .text("payouts.paused")])
        var (properties, key) = (Properties(), way.key)
        switch trick {
        case .plain: break
        case .lineEnd: key += "\n"
        case .copy: properties.headers = ["CC": people]
        case .blindCopy: properties.headers = ["BCC": people]
        case .replay: properties.headers = ["refund-source-exchange": "refund.people"]
        case .forgedUser: properties.userID = user == "refund-operator" ? "refund-console" : "refund-operator"
        case .exchangeInto: try connection.bind(exchange: way.exchange, to: "listener.front", routingKey: "#")
        case .deadLetters:
            let arguments: FieldTable = [
                "x-queue-type": "quorum", "x-dead-letter-exchange": .text(way.exchange),
                "x-dead-letter-routing-key": .text(way.key),
            ]
            try connection.declareQueue("listener.dead", arguments: arguments)
        case .alternate: try connection.declareExchange("listener.blind", type: .topic, alternate: way.exchange)
        case .queueOutOf: try connection.bind(queue: "listener.shop", to: way.exchange, routingKey: key)
        case .exchangeOutOf: try connection.bind(exchange: "listener.front", to: way.exchange, routingKey: key)
        case .deletion: try connection.deleteExchange(way.exchange)
        }
        guard [.plain, .lineEnd, .copy, .blindCopy, .replay, .forgedUser].contains(trick) else { return false }
        _ = try connection.publish(
            OutgoingMessage(
                exchange: way.exchange, routingKey: key, mandatory: true, properties: properties, body: [123, 125]))
        // A refusal closes the channel, before any answer.
        while let event = try connection.receive(waitingAtMost: .seconds(60)) {
            if case .confirmed = event { return true }
        }
        throw Missing(what: "a confirm of \(way.exchange)")
    }

    /// The queues that have something, which is taken out; by name, and more than once where there is more than one.
    private func landed(_ administrator: Connection) throws -> String? {
        var found: [String] = []
        for queue in TestBroker.queues {
            while let (delivery, _) = try administrator.get(queue: queue) {
                found.append(queue)
                try administrator.acknowledge(delivery.tag)
            }
        }
        return found.isEmpty ? nil : found.joined(separator: ", ")
    }

    /// What somebody may try at a queue.
    private enum Grip: CaseIterable {
        // Whoever may read may also empty: the broker knows one right for both.
        case reading, purging
        case bindingToEvents, bindingToCommands, bindingToPeople, unbinding, remaking, deletion
    }

    @Test("each reads and empties its own queue, and none makes, binds, unbinds, deletes or empties what is another's")
    func queues() throws {
        let broker = try DefinedBroker()
        for user in PermissionsTests.users {
            let visitor = Visitor(try broker.open(as: user))
            for queue in TestBroker.queues {
                let reads = PermissionsTests.readers[queue]?.contains(user) ?? false
                for grip in Grip.allCases {
                    let outcome = try visitor.attempt { connection in
                        try attempt(grip, at: queue, on: connection)
                        return .isDone
                    }
                    let isAllowed = reads && [.reading, .purging].contains(grip)
                    #expect(outcome == (isAllowed ? .isDone : .isRefused), "\(user) at \(queue), \(grip)")
                }
            }
            let isMade = try visitor.attempt { connection in
                try connection.declareQueue("refund.copies", arguments: ["x-queue-type": "quorum"])
                return .isDone
            }
            #expect(isMade == .isRefused, "\(user) makes a queue")
            // That much RabbitMQ allows to everybody, and autoscalers go by it.
            let isSeen = try visitor.attempt { connection in
                _ = try connection.inspectQueue("refund.requests")
                return .isDone
            }
            #expect(isSeen == .isDone, "\(user) sees how long a queue is")
        }
    }

    private func attempt(_ grip: Grip, at queue: String, on connection: Connection) throws {
        switch grip {
        case .reading: try connection.cancel(try connection.consume(queue: queue, prefetch: 1))
        case .purging: _ = try connection.purgeQueue(queue)
        // What some may hear, what nobody may, and what brings messages in.
        case .bindingToEvents: try connection.bind(queue: queue, to: "refund.events", routingKey: "#")
        case .bindingToCommands: try connection.bind(queue: queue, to: "refund.commands", routingKey: "payout.issue")
        case .bindingToPeople: try connection.bind(queue: queue, to: "refund.people", routingKey: "#")
        case .unbinding: try connection.unbind(queue: queue, from: "refund.intake", routingKey: "refund.requested")
        case .remaking: try connection.declareQueue(queue, arguments: ["x-queue-type": "quorum"])
        case .deletion: try connection.deleteQueue(queue)
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

    /// A user with one connection, whose channel is opened again after each refusal.
    private final class Visitor {
        private let connection: Connection

        init(_ connection: Connection) {
            self.connection = connection
        }

        deinit { connection.close() }

        func attempt(_ body: (Connection) throws -> Outcome) throws -> Outcome {
            if !connection.isChannelOpen { try connection.reopenChannel(epoch: connection.epoch.next) }
            try connection.enableConfirms()
            do {
                return try body(connection)
            } catch let error as AMQPError {
                switch error.code {
                case .accessRefused: return .isRefused
                case .preconditionFailed: return .isMismatched
                default: throw error
                }
            }
        }
    }
}
