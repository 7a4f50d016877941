public import RefundCase
public import RefundPolicy

/// A message from another system, read and checked (contract § 3, "Inbound").
public enum InboundMessage: Hashable, Sendable {
    // Indirect, so that the message is handed on as one reference.
    indirect case requested(RefundRequest)
    /// Something that happens to a case that a request has opened.
    case event(CaseEvent, of: RequestID)
    /// A person stops all payouts.
    case paused(PayoutPause)
    /// A person lets them go on.
    case resumed(PayoutResumption)

    /// The request that it is about; `nil` for what is about all of them.
    public var requestID: RequestID? {
        switch self {
        case .requested(let request): request.id
        case .event(_, let id): id
        case .paused, .resumed: nil
        }
    }

    /// What it is an act of, where a person acts.
    public var actionID: ActionID? {
        switch self {
        case .event(.reviewed(let review), _): review.actionID
        case .event(.retried(let retry), _): retry.actionID
        case .paused(let pause): pause.actionID
        case .resumed(let resumption): resumption.actionID
        case .requested, .event: nil
        }
    }
}

/// The names of inbound messages: the AMQP property `type`, or else the routing key (contract § 3).
public enum InboundType: String, Hashable, Sendable, CaseIterable {
    case requested = "refund.requested"
    case withdrawn = "refund.withdrawn"
    case reviewed = "refund.reviewed"
    case retried = "refund.retried"
    case succeeded = "command.succeeded"
    case failed = "command.failed"
    case payoutsPaused = "payouts.paused"
    case payoutsResumed = "payouts.resumed"

    /// What a message says that it is.
    ///
    /// The routing key must be a message's name to the last byte, and the exchange that of its senders: the broker names
    /// both in every delivery, and neither a header nor a binding of somebody else's changes them (contract § 2).
    ///
    /// - Parameters:
    ///   - type: the AMQP property; absent or empty it says nothing.
    ///   - routingKey: the key that it was published by.
    ///   - sender: whose exchange it came through; `nil` for any other exchange.
    /// - Throws: `.wrongSender`, `.unknownType` when the property names no message, `.invalidField` when it names another.
    public init(type: String?, routingKey: String, from sender: InboundSender?) throws(DeadLetterReason) {
        guard let sender, let known = InboundType(rawValue: routingKey), sender.maySend(known) else {
            throw .wrongSender
        }
        if let name = type, !name.isEmpty, name != routingKey {
            guard let named = InboundType(rawValue: name) else { throw .unknownType }
            throw .invalidField(
                path: "type",
                problem: "the AMQP property says \(named.rawValue) and the routing key \(known.rawValue); "
                    + "leave the property out, or publish by the key of the same name")
        }
        self = known
    }
}
