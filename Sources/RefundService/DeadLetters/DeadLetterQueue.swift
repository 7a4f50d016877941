public import AMQPClient
internal import RefundMessages

/// The queue of dead letters, gone through once: what is meant is acted on, the rest is left where it was.
///
/// Nothing is lost if it is interrupted: a letter is taken off the queue only after its replay was confirmed, or when it is
/// to be discarded. Belongs to the thread of its connection.
public struct DeadLetterQueue {
    /// What is done with the letters that are meant.
    public enum Action: Hashable, Sendable {
        case look
        /// Publish it to the intake again, as it first came.
        case replay
        case discard
    }

    /// What came of a run.
    public struct Result: Hashable, Sendable {
        /// The letters that are meant, oldest first.
        public var letters: [DeadLetterRecord] = []
        /// How many others there are.
        public var others = 0
        /// Letters that the broker would not take back into the intake; they are still dead letters.
        public var failures = 0
    }

    private let connection: Connection
    private let names: BrokerNames

    public init(connection: Connection, names: BrokerNames) {
        self.connection = connection
        self.names = names
    }

    /// Goes through what is in the queue now.
    ///
    /// - Parameter onProgress: is told after each letter how many were looked at, and of how many.
    /// - Throws: `AMQPError`; letters that were not acted on are still in the queue.
    public func go(
        through selection: DeadLetterSelection, _ action: Action, onProgress: (Int, Int) -> Void
    ) throws(AMQPError) -> Result {
        if action == .replay { try connection.enableConfirms() }
        var result = Result()
        var kept: [DeliveryTag] = []
        // What arrives meanwhile, and what is given back, is not gone through again.
        let count = try connection.inspectQueue(names.dead).messageCount
        for number in 0..<Int(count) {
            defer { onProgress(number + 1, Int(count)) }
            guard let (delivery, _) = try connection.get(queue: names.dead) else { break }
            let letter = DeadLetterRecord(delivery)
            guard selection.matches(letter) else {
                result.others += 1
                kept.append(delivery.tag)
                continue
            }
            result.letters.append(letter)
            switch action {
            case .look: kept.append(delivery.tag)
            case .discard: try connection.acknowledge(delivery.tag)
            case .replay:
                if try replay(delivery, as: letter) {
                    try connection.acknowledge(delivery.tag)
                } else {
                    result.failures += 1
                    kept.append(delivery.tag)
                }
            }
        }
        for tag in kept { try connection.reject(tag, requeue: true) }
        return result
    }

    /// - Returns: whether the broker has it in the intake.
    private func replay(_ delivery: Delivery, as letter: DeadLetterRecord) throws(AMQPError) -> Bool {
        // By the key that it first came by. What the intake knows no place for would only move on to refund.unrouted.
        guard let body = delivery.body.bytes, delivery.properties.damage == nil,
            let route = InboundType(rawValue: delivery.routingKey) ?? InboundType(rawValue: letter.type)
        else { return false }
        var properties = delivery.properties
        var headers = properties.headers ?? FieldTable()
        // What was said of its death does not go along; everything that came with it does.
        for entry in headers.entries where DeadLetterQueue.isObituary(entry.name) { headers[entry.name] = nil }
        properties.headers = headers.entries.isEmpty ? nil : headers
        properties.deliveryMode = 2
        let sequence = try connection.publish(
            OutgoingMessage(
                exchange: names.intake, routingKey: route.rawValue, mandatory: true, properties: properties, body: body)
        )
        let limit = ContinuousClock.now + .seconds(30)
        var isReturned = false
        while let event = try connection.receive(waitingAtMost: limit - .now) {
            if case .returned = event { isReturned = true }
            guard case .confirmed(let confirmation) = event, confirmation.sequence >= sequence else { continue }
            return confirmation.isAcknowledged && !isReturned
        }
        return false
    }

    private static func isObituary(_ header: String) -> Bool {
        header.hasPrefix("refund-") || header.hasPrefix("x-first-death-") || header == "x-death"
            || header == "x-delivery-count"
    }
}
