public import RefundMessages
public import RefundPolicy

/// A message as the broker delivered it, without the broker's types.
public struct InboundDelivery: Sendable {
    public var tag: DeliveryTag
    public var source: SourceQueue
    /// It was delivered before, or given to the store before: it may be what a worker died of, or be committed already.
    public var isRedelivered: Bool
    /// What it says that it is, or why that can't be told.
    public var type: Result<InboundType, DeadLetterReason>
    /// Through whose exchange it came; `nil` where that is not looked at.
    public var sender: InboundSender?
    /// The broker's user who sent what a person says; `nil` where the console signs, and for what no person says.
    public var user: String?
    public var messageID: String?
    public var traceparent: String?
    /// The header that a broker with several shards distributes messages by; `nil` where there is none.
    public var shardKey: String?
    public var body: Body
    /// What else came with the body; `nil` where nothing did.
    public var envelope: (any DeliveryEnvelope)?
    /// When it came, by the calendar's clock; `nil` where nobody measures.
    public var receivedAt: Instant?
    /// How much memory it takes, about, with all that came with the body.
    public var weight: Int

    /// The bytes, or only how many there were when that is over the limit.
    public enum Body: Hashable, Sendable {
        case whole([UInt8])
        case tooLarge(size: Int)

        /// How many bytes there are of it.
        public var count: Int {
            if case .whole(let bytes) = self { bytes.count } else { 0 }
        }
    }

    public init(
        tag: DeliveryTag, source: SourceQueue, isRedelivered: Bool, type: Result<InboundType, DeadLetterReason>,
        sender: InboundSender? = nil, user: String? = nil, messageID: String?, traceparent: String?,
        shardKey: String? = nil, body: Body,
        envelope: (any DeliveryEnvelope)?, receivedAt: Instant? = nil, weight: Int? = nil
    ) {
        self.tag = tag
        self.source = source
        self.isRedelivered = isRedelivered
        self.type = type
        self.sender = sender
        self.user = user
        self.messageID = messageID
        self.traceparent = traceparent
        self.shardKey = shardKey
        self.body = body
        self.envelope = envelope
        self.receivedAt = receivedAt
        self.weight = weight ?? body.count
    }

    /// The same where only the name may be unknown.
    public init(
        tag: DeliveryTag, source: SourceQueue, isRedelivered: Bool, type: InboundType?, messageID: String?,
        traceparent: String?, shardKey: String? = nil, body: Body, envelope: (any DeliveryEnvelope)?,
        receivedAt: Instant? = nil
    ) {
        self.init(
            tag: tag, source: source, isRedelivered: isRedelivered,
            type: type.map { .success($0) } ?? .failure(.unknownType), messageID: messageID, traceparent: traceparent,
            shardKey: shardKey, body: body, envelope: envelope, receivedAt: receivedAt)
    }
}
