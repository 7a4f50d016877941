/// A message to publish (AMQP 0-9-1, `basic.publish`).
public struct OutgoingMessage: Hashable, Sendable {
    /// The exchange; empty for the default exchange, which takes a queue's name as routing key. Up to 255 bytes.
    public var exchange: String
    /// The routing key, up to 255 bytes.
    public var routingKey: String
    /// Whether the broker must return the message when no queue takes it.
    public var mandatory: Bool
    /// The properties.
    public var properties: Properties
    /// The body.
    public var body: [UInt8]

    /// A message to publish.
    public init(
        exchange: String,
        routingKey: String,
        mandatory: Bool = true,
        properties: Properties = Properties(),
        body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.mandatory = mandatory
        self.properties = properties
        self.body = body
    }
}
