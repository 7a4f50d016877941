package import RefundMessages
import RefundWorker

/// The queues of the contract's § 2.
package enum QueueName: String, CaseIterable {
    case requests = "refund.requests"
    case replies = "refund.replies"
    case revoke = "access.revoke"
    case payout = "payout.issue"
    case notices = "refund.notices"
    case alerts = "refund.alerts"
    case dead = "refund.dead"
    case unrouted = "refund.unrouted"

    var source: SourceQueue? { SourceQueue(rawValue: rawValue) }
}

/// A message at the broker. An object, so that the copy in a queue is the one that was published.
package final class BrokerMessage {
    let serial: Int
    package let id: String
    package let type: String
    let routingKey: String
    package let body: [UInt8]
    /// Through whose exchange it came, of those for the worker.
    let sender: InboundSender?
    /// The header `attempt`, of commands.
    let attempt: Int
    /// Why it is dead, if it is (`refund-error-code`).
    let deadCode: String?
    /// How often a queue has had it back.
    var returns = 0
    /// How often that was because a worker died of another message.
    var returnsByPoison = 0

    package init(
        serial: Int, id: String, type: String, routingKey: String, body: [UInt8], attempt: Int = 1,
        deadCode: String? = nil, sender: InboundSender? = nil
    ) {
        self.serial = serial
        self.id = id
        self.type = type
        self.routingKey = routingKey
        self.body = body
        self.attempt = attempt
        self.deadCode = deadCode
        self.sender = sender
    }
}

/// What a worker publishes.
struct Outgoing {
    let exchange: Exchange
    let routingKey: String
    let id: String
    let body: [UInt8]
    let attempt: Int
    let deadCode: String?

    enum Exchange {
        case outbound, dead
    }
}

/// What the broker tells a client, in the order in which it arrives.
enum Frame {
    case delivery(BrokerMessage, tag: UInt64, from: QueueName)
    case cancelled(QueueName)
    case confirm(sequence: UInt64, multiple: Bool, isAcknowledged: Bool)
    case returned(id: String, isDeadLetter: Bool)
    case blocked, unblocked
    case closed(String)
    /// Closed over something that was published, with these words.
    case refused(String)
}

extension InboundSender {
    /// Who says such things.
    static func usual(of type: String, _ body: [UInt8]) -> InboundSender {
        switch type {
        case "command.succeeded", "command.failed":
            Text.member("command_id", of: body)?.hasSuffix("/payout") == true ? .payout : .access
        case "refund.reviewed", "refund.retried", "payouts.paused", "payouts.resumed": .people
        default: .intake
        }
    }
}
