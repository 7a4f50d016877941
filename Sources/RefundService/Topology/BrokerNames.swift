/// The names of the broker's objects, prefix included (contract § 2).
public struct BrokerNames: Hashable, Sendable {
    public let prefix: String

    public init(prefix: String = "") {
        self.prefix = prefix
    }

    /// The exchange that requests and replies are published to.
    public var intake: String { prefix + "refund.intake" }
    /// The exchange that commands, notices and alerts are published to.
    public var outbound: String { prefix + "refund.outbound" }
    /// The exchange, and the queue, of dead letters.
    public var dead: String { prefix + "refund.dead" }
    /// The exchange, and the queue, of what the intake knew no place for.
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
}
