public import AMQPClient
public import RefundMessages

/// A dead letter with what it came with.
public struct QueuedDeadLetter: Hashable, Sendable {
    public let record: DeadLetterRecord
    /// `nil` for more bytes than the client takes in.
    public let body: [UInt8]?
    public let properties: Properties
    public let routingKey: String
    /// What a replay would publish it as, and for whom; or why it may not be sent again.
    public let replayed: Result<InboundType, DeadLetterQueue.Refusal>
    public let sender: InboundSender?

    public init(_ delivery: Delivery, names: BrokerNames) {
        let record = DeadLetterRecord(delivery)
        let origin = Result { () throws(DeadLetterQueue.Refusal) in
            try ReplayOrigin(of: delivery, record, names: names, brokersLetters: nil)
        }
        self.record = record
        replayed = origin.map(\.type)
        sender = try? origin.get().sender
        body = delivery.body.bytes
        properties = delivery.properties
        routingKey = delivery.routingKey
    }
}

/// The oldest dead letters, which stay where they are.
public struct DeadLetterView: Hashable, Sendable {
    /// Oldest first.
    public var letters: [QueuedDeadLetter]
    /// How many there are, those that were not looked at included.
    public var waiting: Int

    /// Looks at letters until there are that many, or their bodies are over that many bytes.
    ///
    /// - Throws: `AMQPError`; the letters go back to the queue then, too.
    public init(
        letterLimit: Int, byteLimit: Int, on connection: Connection, names: BrokerNames
    ) throws(AMQPError) {
        letters = []
        waiting = 0
        var tags: [DeliveryTag] = []
        var size: UInt64 = 0
        var remaining = 0
        while letters.count < letterLimit, size <= UInt64(byteLimit), let taken = try connection.get(queue: names.dead)
        {
            letters.append(QueuedDeadLetter(taken.delivery, names: names))
            tags.append(taken.delivery.tag)
            size += UInt64(taken.delivery.body.size)
            remaining = Int(taken.remaining)
        }
        for tag in tags { try connection.reject(tag, requeue: true) }
        waiting = letters.count + remaining
    }
}
