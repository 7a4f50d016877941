public import RefundCase
public import RefundPolicy

/// A message from another system, read and checked (contract § 3, "Inbound").
public enum InboundMessage: Hashable, Sendable {
    // Indirect, so that the message is handed on as one reference.
    indirect case requested(RefundRequest)
    /// Something that happens to a case that a request has opened.
    case event(CaseEvent, of: RequestID)

    public var requestID: RequestID {
        switch self {
        case .requested(let request): request.id
        case .event(_, let id): id
        }
    }
}

/// The names of inbound messages: the AMQP property `type`, or else the routing key.
public enum InboundType: String, Hashable, Sendable, CaseIterable {
    case requested = "refund.requested"
    case withdrawn = "refund.withdrawn"
    case reviewed = "refund.reviewed"
    case retried = "refund.retried"
    case succeeded = "command.succeeded"
    case failed = "command.failed"

    /// - Parameters:
    ///   - type: the AMQP property, which counts unless it is absent or empty.
    ///   - routingKey: counts otherwise.
    public init?(type: String?, routingKey: String) {
        let name = type.flatMap { $0.isEmpty ? nil : $0 } ?? routingKey
        self.init(rawValue: name)
    }
}
