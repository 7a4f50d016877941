public import AMQPClient
internal import RefundMessages

/// The broker's objects that the worker and its neighbours meet at (contract § 2), as a value.
public struct Topology: Hashable, Sendable {
    public let names: BrokerNames
    /// Each after the exchanges that it names.
    public let exchanges: [ExchangeSpecification]
    public let queues: [QueueSpecification]
    public let bindings: [BindingSpecification]

    /// - Parameter prefix: goes before the name of every exchange and queue.
    public init(prefix: String = "") {
        let names = BrokerNames(prefix: prefix)
        self.names = names
        exchanges =
            [
                ExchangeSpecification(name: names.unrouted, type: .fanout),
                ExchangeSpecification(name: names.dead, type: .fanout),
            ]
            + names.inbound.map { ExchangeSpecification(name: $0, type: .topic, alternate: names.unrouted) }
            + [
                ExchangeSpecification(name: names.commands, type: .direct),
                ExchangeSpecification(name: names.events, type: .topic),
            ]
        queues =
            [names.requests, names.replies].map { QueueSpecification(worked: $0, deadLettersTo: names.dead) }
            + names.readByOthers.map { QueueSpecification(readByOthers: $0) }
        bindings = Topology.bindings(names)
    }

    private static func bindings(_ names: BrokerNames) -> [BindingSpecification] {
        func bindings(_ queue: String, to exchange: String, _ keys: [String]) -> [BindingSpecification] {
            keys.map { BindingSpecification(queue: queue, exchange: exchange, routingKey: $0) }
        }
        let inbound = InboundSender.allCases.flatMap { sender in
            InboundType.allCases.filter(sender.maySend).map { (sender, $0) }
        }
        return
            inbound.flatMap { sender, type in
                bindings(names.queue(of: sender), to: names.exchange(of: sender), [type.rawValue])
                    // What is replayed goes where it would have gone.
                    + (sender.mayBeReplayed ? bindings(names.queue(of: sender), to: names.replay, [type.rawValue]) : [])
            }
            .uniqued()
            + bindings(names.revocations, to: names.commands, ["access.revoke"])
            + bindings(names.payouts, to: names.commands, ["payout.issue"])
            + bindings(names.notices, to: names.events, ["notice.*"])
            + bindings(names.alerts, to: names.events, ["alert.*"])
            + bindings(names.dead, to: names.dead, [""])
            + bindings(names.unrouted, to: names.unrouted, [""])
    }
}

extension BrokerNames {
    /// Where a sender's messages wait: what people say goes beside the replies, so that no backlog of requests keeps a person
    /// or the brake waiting.
    fileprivate func queue(of sender: InboundSender) -> String { sender == .intake ? requests : replies }
}

extension Sequence where Element: Hashable {
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
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

    /// A queue that others read. Some broker versions give a message up after a few returns unless told otherwise: nothing is
    /// dropped because people look at it.
    init(readByOthers name: String) {
        self.init(
            name: name,
            arguments: [
                "x-queue-type": "quorum",
                "x-delivery-limit": .int64(Int64(QueueSpecification.lookingLimit)),
            ])
    }

    /// How often a message that others read may come back (contract § 2).
    public static let lookingLimit = 1_000_000

    /// How often a message may come back before it is a dead letter (contract § 2).
    public static let deliveryLimit = 20
}

/// A queue at an exchange, under a routing key.
public struct BindingSpecification: Hashable, Sendable {
    public let queue: String
    public let exchange: String
    public let routingKey: String
}
