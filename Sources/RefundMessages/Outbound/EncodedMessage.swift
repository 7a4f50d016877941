import RefundCase
public import RefundPolicy

/// A message as it goes out: its names and its bytes. The bytes are stored, so that a re-send is the same to the last
/// one (contract § 3, "Identity").
public struct EncodedMessage: Hashable, Sendable {
    /// Also the AMQP property `message_id`.
    public let id: String
    public let type: OutboundType
    public let body: [UInt8]

    public init(id: String, type: OutboundType, body: [UInt8]) {
        self.id = id
        self.type = type
        self.body = body
    }

    /// It is the customer's final answer (contract § 1): the message that keeps the response deadline.
    public var isFinalAnswer: Bool {
        type == .decided && (id.hasSuffix("/approved") || id.hasSuffix("/rejected"))
    }
}

/// The names of outbound messages: the routing key on `refund.commands` or `refund.events`, and the AMQP property `type`.
public enum OutboundType: String, Hashable, Sendable, CaseIterable {
    case revoke = "access.revoke"
    case payout = "payout.issue"
    case received = "notice.received"
    case decided = "notice.decided"
    case settled = "notice.settled"
    case delayed = "notice.delayed"
    case withdrawn = "notice.withdrawn"
    case withdrawalRefused = "notice.withdrawal_refused"
    case deadlineAtRisk = "alert.deadline_at_risk"
    case deadlineMissed = "alert.deadline_missed"
    case needsAttention = "alert.needs_attention"

    /// Commands are answered, and count their attempts; notices and alerts do neither.
    public var isCommand: Bool { self == .revoke || self == .payout }

    /// The customer's final answer (contract § 1): the message that keeps the response deadline.
    public static func isFinalAnswer(messageID: String, of request: RequestID) -> Bool {
        messageID == "\(request.text)/\(NoticeKind.approved.rawValue)"
            || messageID == "\(request.text)/\(NoticeKind.rejected.rawValue)"
    }
}
