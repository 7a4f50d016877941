public import RefundMessages

/// The names of the broker's objects, prefix included (contract § 2).
public struct BrokerNames: Hashable, Sendable {
    public let prefix: String

    public init(prefix: String = "") {
        self.prefix = prefix
    }

    /// The exchange of upstream systems: requests, and what customers say about them.
    public var intake: String { prefix + "refund.intake" }
    /// The exchange of operators' tools and the console.
    public var people: String { prefix + "refund.people" }
    /// The exchange of the access system's replies.
    public var access: String { prefix + "refund.access" }
    /// The exchange of the payout system's replies.
    public var payout: String { prefix + "refund.payout" }
    /// The exchange of whoever may replay dead letters.
    public var replay: String { prefix + "refund.replay" }
    /// The exchange that commands are published to.
    public var commands: String { prefix + "refund.commands" }
    /// The exchange that notices and alerts are published to.
    public var events: String { prefix + "refund.events" }
    /// The exchange, and the queue, of dead letters.
    public var dead: String { prefix + "refund.dead" }
    /// The exchange, and the queue, of what came to one of our exchanges under a key that leads nowhere.
    public var unrouted: String { prefix + "refund.unrouted" }

    /// The workers' queue of requests, and of what customers say about them.
    public var requests: String { prefix + "refund.requests" }
    /// The workers' queue of replies to commands, and of what people say.
    public var replies: String { prefix + "refund.replies" }
    /// The access system's queue.
    public var revocations: String { prefix + "access.revoke" }
    /// The payout system's queue.
    public var payouts: String { prefix + "payout.issue" }
    /// The customer-mail system's queue.
    public var notices: String { prefix + "refund.notices" }
    /// The operators' queue.
    public var alerts: String { prefix + "refund.alerts" }

    /// The queues that others than workers read.
    var readByOthers: [String] { [revocations, payouts, notices, alerts, dead, unrouted] }

    /// Every queue's name.
    public var queues: [String] { [requests, replies] + readByOthers }

    /// The full name of a queue that people name with or without the prefix.
    public func queue(named name: String) -> String {
        queues.contains(prefix + name) ? prefix + name : name
    }

    /// The exchange that a kind of sender writes to.
    public func exchange(of sender: InboundSender) -> String {
        switch sender {
        case .intake: intake
        case .people: people
        case .access: access
        case .payout: payout
        }
    }

    /// Whose exchange that is, byte for byte; `nil` for any other.
    public func sender(by exchange: String) -> InboundSender? {
        InboundSender.allCases.first { self.exchange(of: $0).utf8.elementsEqual(exchange.utf8) }
    }

    /// The exchange that a message of the worker's is published to.
    public func exchange(of type: OutboundType) -> String { type.isCommand ? commands : events }

    /// Every exchange that messages for the worker come by.
    var inbound: [String] { InboundSender.allCases.map(exchange(of:)) + [replay] }
}
