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
    /// Two names that contradict each other are refused. The broker's permissions hold for routing keys: an upstream that
    /// may publish `refund.requested` and nothing else could say by the property that the payout has succeeded, and
    /// settle a case that nobody paid. A routing key that names no message says nothing, as where a reply is sent to the
    /// queue of `reply_to` by its name: the property counts alone, and who may do that is the broker's to say again.
    ///
    /// - Parameters:
    ///   - type: the AMQP property, which counts unless it is absent or empty.
    ///   - routingKey: the key that it was published by; counts otherwise.
    /// - Throws: `.unknownType` when neither names a message, `.invalidField` when they name two.
    public init(type: String?, routingKey: String) throws(DeadLetterReason) {
        let name = type.flatMap { $0.isEmpty ? nil : $0 } ?? routingKey
        guard let type = InboundType(rawValue: name) else { throw .unknownType }
        guard InboundType(rawValue: routingKey).map({ $0 == type }) ?? true else {
            throw .invalidField(
                path: "type",
                problem: "the AMQP property says \(type.rawValue) and the routing key \(routingKey); "
                    + "leave the property out, or publish by the key of the same name")
        }
        self = type
    }
}
