public import AMQPClient

/// The broker's objects that the worker and its neighbours meet at (contract § 2), as a value.
public struct Topology: Hashable, Sendable {
    public let names: BrokerNames
    /// Each after the exchanges that it names.
    public let exchanges: [ExchangeSpecification]
    public let queues: [QueueSpecification]
    public let bindings: [BindingSpecification]
    /// Bindings of an earlier topology, by which a message would come twice.
    let retiredBindings: [BindingSpecification]

    /// - Parameter prefix: goes before the name of every exchange and queue.
    public init(prefix: String = "") {
        let names = BrokerNames(prefix: prefix)
        self.names = names
        exchanges = [
            ExchangeSpecification(name: names.unrouted, type: .fanout),
            ExchangeSpecification(name: names.dead, type: .fanout),
            ExchangeSpecification(name: names.intake, type: .topic, alternate: names.unrouted),
            ExchangeSpecification(name: names.outbound, type: .topic),
        ]
        queues =
            [names.requests, names.replies].map { QueueSpecification(worked: $0, deadLettersTo: names.dead) }
            + names.readByOthers.map { QueueSpecification(name: $0, arguments: ["x-queue-type": "quorum"]) }
        bindings = Topology.bindings(names)
        retiredBindings = ["refund.reviewed", "refund.retried"].map {
            BindingSpecification(queue: names.requests, exchange: names.intake, routingKey: $0)
        }
    }

    /// What people say. It goes beside the replies, so that no backlog of requests keeps a person or the brake waiting.
    private static let saidByPeople = ["refund.reviewed", "refund.retried", "payouts.paused", "payouts.resumed"]

    private static func bindings(_ names: BrokerNames) -> [BindingSpecification] {
        func bindings(_ queue: String, to exchange: String, _ keys: [String]) -> [BindingSpecification] {
            keys.map { BindingSpecification(queue: queue, exchange: exchange, routingKey: $0) }
        }
        func bindings(_ queue: String, to exchange: String, _ keys: String...) -> [BindingSpecification] {
            bindings(queue, to: exchange, keys)
        }
        return bindings(names.requests, to: names.intake, "refund.requested", "refund.withdrawn")
            + bindings(names.replies, to: names.intake, saidByPeople)
            + bindings(names.replies, to: names.intake, ["command.succeeded", "command.failed"])
            + bindings(names.revocations, to: names.outbound, "access.revoke")
            + bindings(names.payouts, to: names.outbound, "payout.issue")
            + bindings(names.notices, to: names.outbound, "notice.*")
            + bindings(names.alerts, to: names.outbound, "alert.*")
            + bindings(names.dead, to: names.dead, "")
            + bindings(names.unrouted, to: names.unrouted, "")
    }
}

/// A durable exchange.
public struct ExchangeSpecification: Hashable, Sendable {
    public let name: String
    public let type: ExchangeType
    /// The exchange that takes what this one can't route.
    public let alternate: String?

    init(name: String, type: ExchangeType, alternate: String? = nil) {
        self.name = name
        self.type = type
        self.alternate = alternate
    }
}

/// A durable queue.
public struct QueueSpecification: Hashable, Sendable {
    public let name: String
    public let arguments: FieldTable

    init(name: String, arguments: FieldTable) {
        self.name = name
        self.arguments = arguments
    }

    /// A queue that workers read: what they fail on too often, and what they reject, goes to `exchange`, and is not
    /// let go before it has arrived there.
    init(worked name: String, deadLettersTo exchange: String) {
        self.init(
            name: name,
            arguments: [
                "x-queue-type": "quorum",
                "x-delivery-limit": .int64(Int64(QueueSpecification.deliveryLimit)),
                "x-dead-letter-exchange": .text(exchange),
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            ])
    }

    /// How often a message may come back before it is a dead letter (contract § 2).
    public static let deliveryLimit = 20
}

/// A queue at an exchange, under a routing key.
public struct BindingSpecification: Hashable, Sendable {
    public let queue: String
    public let exchange: String
    public let routingKey: String
}
