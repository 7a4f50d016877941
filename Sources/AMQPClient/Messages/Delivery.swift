/// A message that the broker delivered, or that was fetched (AMQP 0-9-1, `basic.deliver` and `basic.get-ok`).
public struct Delivery: Hashable, Sendable {
    /// The consumer that it is for; `nil` if it was fetched.
    public let consumerTag: ConsumerTag?
    /// What to acknowledge or reject it by.
    public let tag: DeliveryTag
    /// Whether it has been delivered before, perhaps to someone else.
    public let redelivered: Bool
    /// The exchange that it was published to.
    public let exchange: String
    /// The routing key that it was published with.
    public let routingKey: String
    /// The properties that it was published with.
    public let properties: Properties
    /// The body.
    public let body: MessageBody

    /// A delivery from its parts.
    public init(
        consumerTag: ConsumerTag?,
        tag: DeliveryTag,
        redelivered: Bool,
        exchange: String,
        routingKey: String,
        properties: Properties,
        body: MessageBody
    ) {
        self.consumerTag = consumerTag
        self.tag = tag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}
