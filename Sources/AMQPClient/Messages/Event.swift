/// Something that the broker said without having been asked.
public enum Event: Hashable, Sendable {
    /// A message for a consumer.
    case delivery(Delivery)
    /// The broker has taken, or refused, what was published.
    case confirmed(Confirmation)
    /// A mandatory message had no queue to go to. Its confirmation follows, and is an acknowledgement all the same.
    case returned(ReturnedMessage)
    /// A consumer that ``Connection/startConsuming(queue:prefetch:)`` has asked for is there.
    case consumerStarted(ConsumerTag)
    /// The broker has ended a consumer, for example because its queue was deleted.
    case consumerCancelled(ConsumerTag)
    /// The broker takes no more messages on this connection for now, and says why. Stop publishing.
    case blocked(reason: String)
    /// The broker takes messages again.
    case unblocked
}

/// The broker's word on published messages (`basic.ack` and `basic.nack` sent to a publisher).
public struct Confirmation: Hashable, Sendable {
    /// The number that ``Connection/publish(_:)`` gave.
    public let sequence: UInt64
    /// Whether it speaks for every message up to that number that has not been confirmed yet.
    public let multiple: Bool
    /// Whether the broker has taken the messages; if not, they must be published again.
    public let isAcknowledged: Bool

    /// A confirmation from its parts.
    public init(sequence: UInt64, multiple: Bool, isAcknowledged: Bool) {
        self.sequence = sequence
        self.multiple = multiple
        self.isAcknowledged = isAcknowledged
    }
}

/// A message that came back (`basic.return`). It carries no sequence number: recognise it by its properties.
public struct ReturnedMessage: Hashable, Sendable {
    /// Why: 312 when no queue is bound for it (AMQP 0-9-1, section 1.3.5).
    public let replyCode: UInt16
    /// Why, in the broker's words.
    public let replyText: String
    /// The exchange that it was published to.
    public let exchange: String
    /// The routing key that it was published with.
    public let routingKey: String
    /// Its properties.
    public let properties: Properties
    /// Its body.
    public let body: MessageBody

    /// A returned message from its parts.
    public init(
        replyCode: UInt16,
        replyText: String,
        exchange: String,
        routingKey: String,
        properties: Properties,
        body: MessageBody
    ) {
        self.replyCode = replyCode
        self.replyText = replyText
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}
