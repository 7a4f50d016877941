public import AMQPClient
public import RefundMessages
public import RefundPolicy

/// One message of a person's, or about a case that its sender knows.
public struct OneMessage: Hashable, Sendable {
    public let type: InboundType
    /// `nil` for what is about all cases.
    public let requestID: RequestID?
    public let body: [UInt8]

    public init(type: InboundType, requestID: RequestID?, body: [UInt8]) {
        self.type = type
        self.requestID = requestID
        self.body = body
    }

    /// How long the broker may take to confirm it.
    private static let patience = Duration.seconds(30)

    /// Publishes it, persistent, and returns once the broker has it.
    ///
    /// - Throws: `TopologyError` when its exchange is not there, `AMQPError`, or `NotTaken`.
    public func publish(on connection: Connection, names: BrokerNames, at now: Instant) throws {
        let sender = try MessageOutline(body).sender(of: type)
        let exchange = names.exchange(of: sender)
        do throws(AMQPError) {
            try connection.inspectExchange(exchange)
        } catch {
            throw TopologyError(object: "exchange \(exchange)", cause: error)
        }
        try connection.enableConfirms()
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.type = type.rawValue
        properties.correlationID = requestID?.text
        properties.timestamp = UInt64(max(0, now.secondsSinceEpoch))
        properties.applicationID = "refund-worker"
        // The broker checks it: that is a person's signature.
        if sender == .people { properties.userID = connection.endpoint.user }
        let sequence = try connection.publish(
            OutgoingMessage(
                exchange: exchange, routingKey: type.rawValue, mandatory: true, properties: properties, body: body))
        var isReturned = false
        let limit = ContinuousClock.now + OneMessage.patience
        while let event = try connection.receive(waitingAtMost: limit - .now) {
            switch event {
            case .returned: isReturned = true
            case .confirmed(let confirmation) where confirmation.sequence >= sequence:
                guard confirmation.isAcknowledged, !isReturned else { throw NotTaken() }
                return
            default: break
            }
        }
        throw NotTaken()
    }
}

/// The broker did not take a message.
public struct NotTaken: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String {
        "the broker did not take the message; run refund-worker topology check, look at the queues refund.requests and "
            + "refund.replies, then say it again"
    }
}
